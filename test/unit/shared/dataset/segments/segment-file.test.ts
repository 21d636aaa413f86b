import fc from 'fast-check';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import {
  mergedLines,
  idOfLine,
  instanceIdOfLine,
  revisionOfLine,
  segmentLines,
  writeSegment,
  type SegmentPlace,
  readFrames,
  SegmentError,
} from '../../../../../shared/dataset/segments/segment-file.ts';
import type { SegmentPointer } from '../../../../../shared/dataset/segments/segment-pointer.ts';
import { MemoryObjectStore } from '../../../../support/memory-object-store.ts';

const zst = { contentType: 'application/zstd' };
const idOf = (number: number): string => `id-${String(number).padStart(5, '0')}`;
/** A line of about 40,000 characters: seven of them fill a frame. */
const lineOf = (number: number): string =>
  JSON.stringify({
    id: idOf(number),
    instanceId: `uuid:${100_000 - number}`,
    revision: 1,
    answers: { q: `é\u{1f33f}${number}`.repeat(6_000) },
  });

async function* batchesOf(lines: readonly string[], size: number) {
  for (let from = 0; from < lines.length; from += size) {
    yield await Promise.resolve(lines.slice(from, from + size));
  }
}

async function stored(
  objects: MemoryObjectStore,
  key: string,
  lines: readonly string[],
  size = 3,
): Promise<SegmentPlace & { readonly bytes: number }> {
  const { spool, ...written } = await writeSegment(batchesOf(lines, size));
  await objects.put(key, spool.read(), zst);
  await spool.close();
  return { ...written, key };
}

async function all(batches: AsyncIterable<readonly string[]>): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of batches) lines.push(...batch);
  return lines;
}

const lines = Array.from({ length: 50 }, (_, number) => lineOf(2 * number));

describe('a segment', () => {
  it('tells the beginning of a line without parsing it', () => {
    const line = lineOf(7);
    expect(idOfLine(line)).toBe(idOf(7));
    expect(instanceIdOfLine(line)).toBe('uuid:99993');
    expect(revisionOfLine(line, idOf(7), 'uuid:99993')).toBe(1);
  });

  it.each([0, 1, 50])('gives back %i lines as they were', async (count) => {
    const objects = new MemoryObjectStore();
    const some = lines.slice(0, count);
    const place = await stored(objects, 's', some);
    expect(place).toMatchObject({
      rows: count,
      bytes: Buffer.byteLength(some.map((line) => `${line}\n`).join('')),
    });
    expect(await all(segmentLines(objects, place))).toEqual(some);
  });

  it('has the same bytes however its lines come', async () => {
    const objects = new MemoryObjectStore();
    const one = await stored(objects, 'one', lines, 1);
    const other = await stored(objects, 'other', lines, 50);
    expect({ ...other, key: 'one' }).toEqual(one);
    expect((await objects.info('other'))?.etag).toBe((await objects.info('one'))?.etag);
  });

  it('begins anywhere, and reads nothing of the frames before', async () => {
    const objects = new MemoryObjectStore();
    const place = await stored(objects, 's', lines);
    const frames = await readFrames(objects, place);
    expect(frames.length).toBeGreaterThan(5);
    for (let number = -1; number <= 100; number += 1) {
      const starts: number[] = [];
      const watched = new MemoryObjectStore();
      watched.get = (key, range) => {
        starts.push(range?.start ?? -1);
        return objects.get(key, range);
      };
      const after = number < 0 ? '' : idOf(number);
      const wanted = lines.filter((line) => line.slice(7, 15) > after);
      expect(await all(segmentLines(watched, place, after))).toEqual(wanted);
      const frame = frames.findLast(({ id }) => id <= after) ?? frames[0];
      expect(starts).toEqual([place.indexAt, frame?.start]);
    }
  });

  it('is refused, or is what it was, when a byte of it is another one', async () => {
    const objects = new MemoryObjectStore();
    const place = await stored(objects, 's', lines);
    const body = await objects.get('s');
    const bytes = body === undefined ? Buffer.alloc(0) : await buffer(body);
    const outcomes = new Set<string>();
    const outcomeOf = async (after: string, wanted: readonly string[]): Promise<void> => {
      try {
        // Some bits of a frame's header mean nothing.
        expect(await all(segmentLines(objects, place, after))).toEqual(wanted);
        outcomes.add('whole');
      } catch (error) {
        expect(error).toBeInstanceOf(SegmentError);
        outcomes.add('refused');
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        await objects.put('s', damaged, zst);
        await outcomeOf('', lines);
        await outcomeOf(idOf(49), lines.slice(25));
      }),
      { numRuns: 100 },
    );
    expect(outcomes).toContain('refused');
  });

  it.each([0, 1, 1_000])('is refused when all behind %i bytes is missing', async (left) => {
    const objects = new MemoryObjectStore();
    const place = await stored(objects, 's', lines);
    const body = await objects.get('s');
    const bytes = body === undefined ? Buffer.alloc(0) : await buffer(body);
    await objects.put('s', bytes.subarray(0, left), zst);
    await expect(all(segmentLines(objects, place))).rejects.toThrow(SegmentError);
    await expect(all(segmentLines(objects, place, idOf(50)))).rejects.toThrow(SegmentError);
    await objects.delete('s');
    await expect(all(segmentLines(objects, place))).rejects.toThrow(SegmentError);
  });
});

describe('the segments of a form', () => {
  it('are merged in the order of ids, from any of them on', async () => {
    const objects = new MemoryObjectStore();
    const shards = [0, 1, 2].map((shard) =>
      Array.from({ length: 20 }, (_, number) => lineOf(3 * number + ((shard * number) % 3))),
    );
    const segments: SegmentPointer[] = [];
    for (const [shard, own] of shards.entries()) {
      const sorted = own.filter((line, index) => own.indexOf(line) === index);
      const place = await stored(objects, `s${shard}`, sorted);
      const cutOff = new Date(0).toISOString();
      segments.push({ ...place, revision: 1, format: 3, keys: '', cutOff, changedAt: cutOff });
    }
    const ids = (some: readonly string[]): string[] => some.map((line) => line.slice(7, 15));
    const merged = ids(await all(mergedLines(objects, segments)));
    expect(merged).toEqual(ids(shards.flat()).sort());
    for (const after of ['', ...merged]) {
      expect(ids(await all(mergedLines(objects, segments, after)))).toEqual(
        merged.filter((id) => id > after),
      );
    }
  });
});
