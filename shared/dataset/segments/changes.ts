import * as z from 'zod';
import { publicIdOf } from '../../access/keyring.ts';
import { longestWriteMs } from '../../clock.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { attribute, shardKey } from '../../store/keys.ts';
import { upgraded } from '../../store/record-kinds.ts';
import { pagesOf, type StoredRecord } from '../../store/record-store.ts';
import { segmentLine } from '../../submission/records/head-record.ts';
import {
  isLive,
  submissionStates,
  type SubmissionState,
} from '../../submission/records/submission.ts';
import type { CompileDeps } from '../deps.ts';
import { idOfLine, instanceIdOfLine, revisionOfLine, segmentLines } from './segment-file.ts';
import type { SegmentPointer } from './segment-pointer.ts';

/** More changes than this, in records or in characters, are not held in memory: all is read anew. */
const mostChanges = 20_000;
const mostCharacters = 64 * 1024 * 1024;

/** The current revision of a submission; no line: it is withdrawn or erased. */
export interface Change {
  /** Its public id. */
  readonly id: string;
  readonly revision: number;
  readonly line: string | undefined;
}

export interface Changes {
  /** By instanceId; undefined: too many. */
  readonly byId: ReadonlyMap<string, Change> | undefined;
  readonly read: number;
}

const State = z.enum(submissionStates);

/** The state of a head or of a tombstone. Throws Fault `store-unavailable` on one of a later version. */
export function stateOf(record: StoredRecord): SubmissionState {
  return State.parse(upgraded('submission', record)['state']);
}

/**
 * What changed in a shard since `cutOff`, from the index `byTime`, which holds heads only. Goes back
 * by as long as a write can last, so it also returns what was merged before.
 */
export async function changesSince(
  { submissions, keys }: Pick<CompileDeps, 'submissions' | 'keys'>,
  formId: string,
  shard: number,
  cutOff: Date,
): Promise<Changes> {
  const byId = new Map<string, Change>();
  const from = new Date(cutOff.getTime() - longestWriteMs).toISOString();
  const range = { index: 'byTime', partition: shardKey(formId, shard), from } as const;
  let read = 0;
  let characters = 0;
  for await (const page of pagesOf(submissions, range)) {
    for (const record of page) {
      read += 1;
      const revision = z.int().parse(record[attribute.revision]);
      const id = publicIdOf(keys, formId, record.sk);
      const line = isLive(stateOf(record)) ? segmentLine(record, id) : undefined;
      characters += line?.length ?? 0;
      // A head that is replaced between two pages comes twice.
      if ((byId.get(record.sk)?.revision ?? 0) < revision) {
        byId.set(record.sk, { id, revision, line });
      }
    }
    if (byId.size > mostChanges || characters > mostCharacters) return { byId: undefined, read };
  }
  return { byId, read };
}

/**
 * The lines of a segment with changes merged in, in the order of public ids. Lines that stay are
 * passed on as they are. `differs` is true, once all batches were read, if any line is another one.
 */
export function mergeChanges(
  objects: ObjectStore,
  segment: SegmentPointer,
  byId: ReadonlyMap<string, Change>,
): { readonly batches: AsyncIterable<readonly string[]>; readonly differs: () => boolean } {
  const sorted = [...byId]
    .map(([instanceId, change]) => ({ ...change, instanceId }))
    .sort((one, other) => inOrder(one, other.id, other.instanceId));
  let next = 0;
  let differs = false;

  function emitBefore(before: string | undefined, out: string[]): void {
    for (let change = sorted[next]; change !== undefined; change = sorted[next]) {
      if (before !== undefined && againstLine(change, before) >= 0) return;
      if (change.line !== undefined) {
        out.push(change.line);
        differs = true;
      }
      next += 1;
    }
  }

  async function* merged(): AsyncGenerator<readonly string[]> {
    for await (const lines of segmentLines(objects, segment)) {
      const out: string[] = [];
      for (const line of lines) {
        emitBefore(line, out);
        const change = sorted[next];
        if (change === undefined || againstLine(change, line) !== 0) {
          out.push(line);
          continue;
        }
        next += 1;
        const { id, instanceId, revision } = change;
        const same = change.line !== undefined && revisionOfLine(line, id, instanceId) === revision;
        if (!same) differs = true;
        if (change.line !== undefined) out.push(same ? line : change.line);
      }
      yield out;
    }
    const out: string[] = [];
    emitBefore(undefined, out);
    yield out;
  }

  return { batches: merged(), differs: () => differs };
}

interface Named {
  readonly id: string;
  readonly instanceId: string;
}

/** By public id. Two instanceIds may, once in a very long while, share one. */
function inOrder(one: Named, id: string, instanceId: string): number {
  if (one.id !== id) return one.id < id ? -1 : 1;
  if (one.instanceId === instanceId) return 0;
  return one.instanceId < instanceId ? -1 : 1;
}

function againstLine(change: Named, line: string): number {
  const id = idOfLine(line);
  return inOrder(change, id, change.id === id ? instanceIdOfLine(line) : '');
}
