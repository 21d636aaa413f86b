import * as z from 'zod';
import { Fault } from '../fault.ts';
import { attribute } from './keys.ts';
import type { StoredRecord } from './record-store.ts';

/** The record was written by a later release than this one. */
class LaterSchema extends Error {
  override readonly name = 'LaterSchema';
}

/** What is thrown rather than misread or write over what a later release has written. */
export function laterSchema(): Fault {
  return new Fault('store-unavailable', { cause: new LaterSchema() });
}

/** Brings a record of one version to the next one. */
type Upgrade = (record: StoredRecord) => StoredRecord;

const asItWas: Upgrade = (record) => record;

/**
 * Every kind of record, by the first word of its partition in the registry, with what brings each
 * earlier version to the next: there is one more version than there are steps. A record without the
 * attribute `schema` is of version 1.
 *
 * Whatever changes what a record holds is a new version, an attribute that is only added, too: an
 * earlier release, at work beside the new one while it is deployed, would drop it when it replaces
 * the record. So is a change of the objects that a record names: a form's definitions and lists of
 * files, a shard's segment, the files and the manifest of a dataset's version. CONTRIBUTING.md says
 * how it is done.
 */
const steps = {
  /**
   * Head, history, tombstone. 1: `orgKey` may be without the shard (decision 32). Nothing reads it in a
   * record; read-submissions.ts goes on looking for such heads in the index. 2: without `refused`: the
   * answers and their version say it, see refused-consent.ts.
   */
  submission: [asItWas, asItWas],
  /** 1: the draft may be without `at` and `title`. */
  form: [withDatedDraft],
  vocabulary: [],
  organisation: [],
  token: [],
  quarantine: [],
  alias: [],
  'same-as': [],
  /** 1: called by plain SHA-256 of its id, which also tells the shard (decision 43). */
  erasure: [asItWas],
  uploads: [],
  /**
   * 1: without `schema`; one frame's segments without `bytes` and an index (decision 31). 2: without
   * `keys`; lines without public ids (decision 46).
   */
  segment: [withIndexOfSegment, asItWas],
  /** 1: without `schema`; the first ones without `createdAt`. 2: without what is known of public files. */
  dataset: [withCreation, asItWas],
  /** 1: without `schema`; the first ones without `rows` and `sources`, which nothing can tell now. */
  version: [asItWas],
  /** 1: without `schema`. */
  run: [asItWas],
  setup: [],
} as const satisfies Record<string, readonly Upgrade[]>;

export type RecordKind = keyof typeof steps;

/** The version that is written: the attribute `schema`. */
export function schemaOf(kind: RecordKind): number {
  return steps[kind].length + 1;
}

/**
 * The record as the current version has it; nothing is written. Throws Fault `store-unavailable` when
 * it is of a later version.
 */
export function upgraded(kind: RecordKind, record: StoredRecord): StoredRecord {
  const known = schemaOf(kind);
  const found = record[attribute.schema];
  if (found === known) return record;
  const version = found === undefined ? 1 : Version.parse(found);
  if (version > known) throw laterSchema();
  const current = steps[kind].slice(version - 1).reduce((next, step) => step(next), record);
  return { ...current, [attribute.schema]: known };
}

const Version = z.int().min(1);

const Drafts = z.object({ draft: z.string().optional(), drafts: z.string().optional() });
const noDate = { at: '1970-01-01T00:00:00.000Z', title: {} };

function withDatedDraft(record: StoredRecord): StoredRecord {
  const { draft, drafts } = Drafts.parse(record);
  const dated = (value: unknown): object => ({ ...noDate, ...z.looseObject({}).parse(value) });
  const all = z.array(z.unknown());
  return {
    ...record,
    ...(draft === undefined ? {} : { draft: JSON.stringify(dated(JSON.parse(draft))) }),
    ...(drafts === undefined
      ? {}
      : { drafts: JSON.stringify(all.parse(JSON.parse(drafts)).map(dated)) }),
  };
}

function withIndexOfSegment(record: StoredRecord): StoredRecord {
  return { bytes: 0, indexAt: 0, indexSha256: '', ...record };
}

function withCreation(record: StoredRecord): StoredRecord {
  const { cutOff } = z.object({ cutOff: z.string() }).parse(record);
  return { createdAt: cutOff, ...record };
}
