import type { Principal } from '../../access/principal.ts';
import { Fault } from '../../fault.ts';
import { isFileName, type FileFacts } from '../../form/types/answer-shapes.ts';
import type { FormRecord } from '../../form/library/form-record.ts';
import type { XFormInstance } from '../../form/xform/read-instance.ts';
import { InstanceId } from '../../ids.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { sha256 } from '../records/content-hash.ts';
import type { Sniff } from '../attachments/attachment-state.ts';
import { sniffType } from '../attachments/sniff-type.ts';
import type { Issue, Submission } from '../records/submission.ts';
import type { Attachment } from '../records/attachments.ts';

/** What a phone sends: one filled form, and all its files or some of them. */
export interface SentByPhone {
  readonly instance: XFormInstance;
  /** The bytes that `instance` was read from. */
  readonly xml: Uint8Array;
  readonly files: readonly SentFile[];
}

/** One file of a multipart body. Its `type` is what the phone says: nobody relies on it. */
export interface SentFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What became of it. */
export interface Received {
  /** True: it brought something new (201); false: all of it was there before (202). */
  readonly created: boolean;
  readonly submission: Submission;
  /** Names of the files that are yet to come. */
  readonly missing: readonly string[];
}

/** A file that a phone sent, with what its bytes say. */
export interface Parcel {
  readonly file: string;
  readonly facts: FileFacts;
  /** What the bytes were recognised as. */
  readonly sniffed: string | undefined;
  readonly content: Uint8Array;
}

/** One request of a phone, made ready. */
export interface PhonePost {
  readonly form: FormRecord;
  readonly principal: Principal;
  readonly instance: XFormInstance;
  readonly id: InstanceId;
  readonly xml: Uint8Array;
  /** SHA-256 (hex) of the XML: the same XML is the same content. */
  readonly hash: string;
  readonly parcels: ReadonlyMap<string, Parcel>;
}

/** Throws Fault `malformed-request`: an instanceID that is none, or two files of one name. */
export async function openPost(
  form: FormRecord,
  principal: Principal,
  { instance, xml, files }: SentByPhone,
): Promise<PhonePost> {
  const id = InstanceId.safeParse(instance.instanceId);
  if (!id.success) throw new Fault('malformed-request');
  const parcels = new Map<string, Parcel>();
  for (const { name, bytes } of files) {
    if (!isFileName(name)) continue;
    const hash = sha256(bytes);
    if ((parcels.get(name)?.facts.sha256 ?? hash) !== hash) throw twoOfOneName(name);
    const sniffed = await sniffType(bytes, name);
    const type = sniffed ?? 'application/octet-stream';
    const facts = { sha256: hash, bytes: bytes.length, type };
    parcels.set(name, { file: name, facts, sniffed, content: bytes });
  }
  return { form, principal, instance, id: id.data, xml, hash: sha256(xml), parcels };
}

function twoOfOneName(name: string): Fault {
  const shown = name.slice(0, 100).toWellFormed();
  return new Fault('malformed-request', {
    errors: [
      {
        pointer: '',
        code: 'duplicate-file',
        message: {
          fr: `Deux fichiers de cet envoi s’appellent « ${shown} ».`,
          en: `Two files of this request are called "${shown}".`,
        },
      },
    ],
  });
}

/**
 * The parcel of a file that an answer names. The name of a part may be written otherwise than in the
 * XML: accents composed in the other way, and quotes, in a header, as `%22`.
 */
export function parcelFor(parcels: ReadonlyMap<string, Parcel>, file: string): Parcel | undefined {
  const exact = parcels.get(file);
  if (exact !== undefined) return exact;
  const wanted = plainName(file);
  return [...parcels.values()].find((parcel) => plainName(parcel.file) === wanted);
}

function plainName(file: string): string {
  return file.normalize('NFC').replaceAll('%22', '"');
}

/** What parcels were recognised as; other files are asked for with `otherwise`. */
export function sniffParcels(parcels: ReadonlyMap<string, Parcel>, otherwise: Sniff): Sniff {
  return (hash, file) => {
    const parcel = parcelFor(parcels, file);
    return parcel?.facts.sha256 === hash ? Promise.resolve(parcel.sniffed) : otherwise(hash, file);
  };
}

/** Stores files by their own hashes: what is there already is the same. All are tried before it throws. */
export async function storeParcels(
  objects: ObjectStore,
  parcels: Iterable<Pick<Parcel, 'content' | 'facts'>>,
  keyOf: (hash: string) => string,
): Promise<void> {
  const puts = [...parcels].map(({ content, facts }) =>
    objects.putIfAbsent(keyOf(facts.sha256), content, { contentType: facts.type }),
  );
  for (const put of await Promise.allSettled(puts)) {
    if (put.status === 'rejected') throw put.reason;
  }
}

/** The XML itself as a file. */
export function xmlParcel({ xml, hash }: PhonePost): Pick<Parcel, 'content' | 'facts'> {
  const facts = { sha256: hash, bytes: xml.length, type: 'application/xml' };
  return { content: xml, facts };
}

const code = 'unexpected-file';

/** So many are kept with one submission; a client that sends more has gone mad. */
const mostKept = 50;

/** The parcels that no answer names. */
export function unnamedParcels(
  parcels: ReadonlyMap<string, Parcel>,
  named: readonly Attachment[],
): readonly Parcel[] {
  const expected = new Set(named.map(({ file }) => parcelFor(parcels, file)));
  return [...parcels.values()].filter((parcel) => !expected.has(parcel));
}

/**
 * What is said of files that no answer names: of a question that this version of the form does not
 * have, or that is not relevant here though it was on the phone. They are kept, for whoever reads the
 * XML to find them; only the coordinator may, by their hash, since no question says who else. Those
 * that `reported` mentions already are left out.
 */
export function unexpectedFiles(
  parcels: readonly Parcel[],
  reported: readonly Issue[] = [],
): readonly Issue[] {
  const room = mostKept - reported.filter((issue) => issue.code === code).length;
  const news = parcels.filter((parcel) => !reported.some((issue) => mentions(issue, parcel)));
  return news.slice(0, Math.max(room, 0)).map(({ file, facts }) => {
    const name = file.length <= 60 ? file : `${file.slice(0, 59).toWellFormed()}…`;
    return {
      pointer: '',
      code,
      message: {
        fr: `Aucune réponse ne nomme le fichier « ${name} » ; la coordination le trouve sous ${facts.sha256}.`,
        en: `No answer names the file "${name}"; the coordinator finds it under ${facts.sha256}.`,
      },
    };
  });
}

/** Those of the parcels that issues mention, which are the ones to keep. */
export function mentionedIn(
  parcels: readonly Parcel[],
  issues: readonly Issue[],
): readonly Parcel[] {
  return parcels.filter((parcel) => issues.some((issue) => mentions(issue, parcel)));
}

function mentions(issue: Issue, { facts }: Parcel): boolean {
  return issue.code === code && issue.message.en.includes(facts.sha256);
}
