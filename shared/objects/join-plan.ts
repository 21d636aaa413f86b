/** S3's limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const s3PartLimits = { least: 5 * 1024 * 1024, most: 5 * 1024 * 1024 * 1024, parts: 10_000 };
export type PartLimits = typeof s3PartLimits;

/** Bytes `start` to `end`, both included, of source number `source`. */
export interface Piece {
  readonly source: number;
  readonly start: number;
  readonly end: number;
}

/**
 * One part of a multipart upload: a piece that the store copies by itself, or pieces that have to be
 * read and sent because they are too short for that.
 */
export type JoinStep =
  | { readonly kind: 'copy'; readonly piece: Piece }
  | { readonly kind: 'send'; readonly pieces: readonly Piece[] };

/**
 * How objects of these sizes become one. Every part but the last has `least` bytes at the least, and
 * never more than that is read. Throws RangeError beyond the number of parts that S3 takes.
 */
export function joinPlan(
  sizes: readonly number[],
  limits: PartLimits = s3PartLimits,
): readonly JoinStep[] {
  const steps: JoinStep[] = [];
  let short: Piece[] = [];
  let shortBytes = 0;
  const send = (): void => {
    if (short.length > 0) steps.push({ kind: 'send', pieces: short });
    short = [];
    shortBytes = 0;
  };
  for (const [source, size] of sizes.entries()) {
    let start = 0;
    if (shortBytes > 0) {
      start = Math.min(size, limits.least - shortBytes);
      if (start > 0) short.push({ source, start: 0, end: start - 1 });
      shortBytes += start;
      if (shortBytes >= limits.least) send();
    }
    for (let left = size - start; left > 0; left = size - start) {
      if (left < limits.least) {
        short.push({ source, start, end: size - 1 });
        shortBytes += left;
        break;
      }
      // What would be left behind must be long enough, too, or be nothing.
      const whole = left <= limits.most;
      const bytes = whole ? left : Math.min(limits.most, left - limits.least);
      steps.push({ kind: 'copy', piece: { source, start, end: start + bytes - 1 } });
      start += bytes;
    }
  }
  send();
  if (steps.length > limits.parts) throw new RangeError(`${steps.length} parts are too many.`);
  return steps;
}
