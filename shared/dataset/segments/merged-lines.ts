import type { ObjectStore } from '../../objects/object-store.ts';
import { mergedBatches } from './merged-batches.ts';
import { idOfLine, segmentLines } from './segment-file.ts';
import type { SegmentPointer } from './segment-pointer.ts';

/**
 * The lines of all shards of a form in the order of public ids, or of those after one. Throws
 * SegmentError, at the end at the latest, when a segment is not what its pointer says.
 */
export function mergedLines(
  objects: ObjectStore,
  segments: readonly SegmentPointer[],
  after?: string,
): AsyncGenerator<readonly string[]> {
  const shards = segments.map((segment) => segmentLines(objects, segment, after));
  return mergedBatches(shards, idOfLine);
}
