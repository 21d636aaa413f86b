import { segmentLine } from '../../submission/records/head-record.ts';
import {
  isLive,
  submissionStates,
  type SubmissionState,
} from '../../submission/records/submission.ts';
import { publicIdOf } from '../../access/keyring.ts';
import { isHeadKey, shardKey, attribute } from '../../store/keys.ts';
import { pagesOf, type StoredRecord } from '../../store/record-store.ts';
import type { CompileDeps } from '../compile-deps.ts';
import {
  writeSegment,
  type WrittenSegment,
  idOfLine,
  instanceIdOfLine,
  revisionOfLine,
  segmentLines,
} from './segment-file.ts';
import {
  factsOf,
  flipSegmentPointer,
  isReadable,
  readSegmentPointer,
  segmentKey,
  type SegmentPointer,
} from './segment-pointer.ts';
import { sortedLines } from './sorted-lines.ts';
import * as z from 'zod';
import { longestWriteMs } from '../../clock.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { upgraded } from '../../store/record-kinds.ts';

export interface CollectReport {
  readonly formId: string;
  readonly shard: number;
  /** Live submissions in the shard. */
  readonly rows: number;
  /** Records read from the record store. */
  readonly read: number;
  readonly changed: boolean;
}

interface Shard {
  readonly formId: string;
  readonly shard: number;
}

/**
 * Brings the segment of one shard up to date: what changed since the last cut-off is merged into
 * it, or, the first time, with `full`, when there is too much, or when the segment is of an earlier
 * format or its ids were made with another key, all heads are read. Nothing
 * changed: no object is written. Of two collects at once one flips the pointer; the other one's
 * work is dropped, since the next run covers what the first did not see. Throws SegmentError when
 * the segment is damaged: a full collect repairs it.
 */
export async function collect(
  deps: CompileDeps,
  { formId, shard }: Shard,
  { full = false }: { readonly full?: boolean } = {},
): Promise<CollectReport> {
  const began = deps.clock();
  const previous = await readSegmentPointer(deps.registry, formId, shard);
  if (full || previous === undefined || !isReadable(previous, deps.keys)) {
    return collectAll(deps, { formId, shard }, began, previous, 0);
  }
  const changes = await changesSince(deps, formId, shard, new Date(previous.cutOff));
  if (changes.byId === undefined) {
    return collectAll(deps, { formId, shard }, began, previous, changes.read);
  }
  const unchanged = { formId, shard, rows: previous.rows, read: changes.read, changed: false };
  if (changes.byId.size === 0) return unchanged;
  const merge = mergeChanges(deps.objects, previous, changes.byId);
  const written = await writeSegment(merge.batches);
  try {
    if (merge.differs()) {
      const changed = await store(deps, { formId, shard }, began, previous, written);
      return { ...unchanged, rows: written.rows, changed };
    }
    const cutOff = began.toISOString();
    await flipSegmentPointer(deps.registry, formId, shard, previous, {
      ...factsOf(previous),
      cutOff,
    });
    return unchanged;
  } finally {
    await written.spool.close();
  }
}

async function collectAll(
  deps: CompileDeps,
  { formId, shard }: Shard,
  began: Date,
  previous: SegmentPointer | undefined,
  alreadyRead: number,
): Promise<CollectReport> {
  let read = alreadyRead;
  const lines = liveLines(deps, { formId, shard }, ({ length }) => (read += length));
  const written = await writeSegment(lines);
  try {
    const changed = await store(deps, { formId, shard }, began, previous, written);
    return { formId, shard, rows: written.rows, read, changed };
  } finally {
    await written.spool.close();
  }
}

/**
 * The lines of all live submissions of a shard, in the order of their public ids. `onRead` is called with
 * everything in the shard, in the table's order.
 */
export function liveLines(
  deps: Pick<CompileDeps, 'submissions' | 'keys'>,
  shard: Shard,
  onRead: (page: readonly StoredRecord[]) => void = () => undefined,
): AsyncGenerator<readonly string[]> {
  return sortedLines(linesByInstanceId(deps, shard, onRead));
}

async function* linesByInstanceId(
  { submissions, keys }: Pick<CompileDeps, 'submissions' | 'keys'>,
  { formId, shard }: Shard,
  onRead: (page: readonly StoredRecord[]) => void,
): AsyncGenerator<readonly string[]> {
  for await (const page of pagesOf(submissions, { partition: shardKey(formId, shard) })) {
    onRead(page);
    yield page
      .filter((record) => isHeadKey(record.sk) && isLive(stateOf(record)))
      .map((record) => segmentLine(record, publicIdOf(keys, formId, record.sk)));
  }
}

/**
 * Stores a segment and makes it the current one. It is put even if an object of that name is there:
 * the same bytes repair a damaged one, and a fresh date keeps it from being swept as garbage.
 */
async function store(
  deps: CompileDeps,
  { formId, shard }: Shard,
  began: Date,
  previous: SegmentPointer | undefined,
  { spool, ...written }: WrittenSegment,
): Promise<boolean> {
  const { sha256, rows } = written;
  const key = segmentKey(formId, shard, written);
  await deps.objects.put(key, spool.read(), { contentType: 'application/zstd' });
  const cutOff = began.toISOString();
  const same = previous?.sha256 === sha256 && previous.rows === rows;
  const changedAt = same ? previous.changedAt : cutOff;
  const next = { ...written, key, keys: deps.keys.fingerprint, cutOff, changedAt };
  return (await flipSegmentPointer(deps.registry, formId, shard, previous, next)) && !same;
}

/** More changes than this, in records or in characters, are not held in memory: all is read anew. */
const mostChanges = 20_000;
const mostCharacters = 64 * 1024 * 1024;

/** The current revision of a submission; no line: it is withdrawn or erased. */
interface Change {
  /** Its public id. */
  readonly id: string;
  readonly revision: number;
  readonly line: string | undefined;
}

interface Changes {
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
async function changesSince(
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
function mergeChanges(
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
