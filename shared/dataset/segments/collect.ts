import { segmentLine } from '../../submission/records/head-record.ts';
import { isLive } from '../../submission/records/submission.ts';
import { publicIdOf } from '../../access/keyring.ts';
import { isHeadKey, shardKey } from '../../store/keys.ts';
import { pagesOf, type StoredRecord } from '../../store/record-store.ts';
import { changesSince, mergeChanges, stateOf } from './changes.ts';
import type { CompileDeps } from '../deps.ts';
import { writeSegment, type WrittenSegment } from './segment-file.ts';
import {
  factsOf,
  flipSegmentPointer,
  isReadable,
  readSegmentPointer,
  segmentKey,
  type SegmentPointer,
} from './segment-pointer.ts';
import { sortedLines } from './sorted-lines.ts';

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
 * The lines of all live submissions of a shard, in the order of their public ids. `onRead` is told of
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
