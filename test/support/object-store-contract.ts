import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attachmentDisposition } from '../../shared/objects/content-disposition.ts';
import {
  MissingPart,
  type ObjectInfo,
  type ObjectStore,
} from '../../shared/objects/object-store.ts';

export interface OpenedObjects {
  readonly store: ObjectStore;
  close(): Promise<void> | void;
}

const text = { contentType: 'text/plain; charset=utf-8' };
const bytes = (content: string): Uint8Array => Buffer.from(content);

async function* stream(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

export async function readBytes(
  body: AsyncIterable<Uint8Array> | undefined,
): Promise<Buffer | undefined> {
  if (body === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What every ObjectStore promises, whatever is behind it. */
export function objectStoreContract(name: string, open: () => Promise<OpenedObjects>): void {
  describe(`ObjectStore: ${name}`, () => {
    let opened: OpenedObjects;
    let store: ObjectStore;
    let keys = 0;
    const fresh = (): string => `folder/object-${keys++}.txt`;
    const read = async (key: string): Promise<string | undefined> =>
      (await readBytes(await store.get(key)))?.toString();
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(async () => {
      await opened.close();
    });

    it('gives back bytes and headers as they were put', async () => {
      const key = fresh();
      const headers = {
        contentType: 'text/csv; charset=utf-8',
        cacheControl: 'public, max-age=60',
        contentDisposition: attachmentDisposition('été.csv'),
      };
      const put = await store.put(key, bytes('bonjour'), headers);
      expect(await store.info(key)).toMatchObject({ key, bytes: 7, etag: put.etag, ...headers });
      expect(await read(key)).toBe('bonjour');
    });

    it('knows nothing of what was never put', async () => {
      const key = fresh();
      expect(await store.info(key)).toBeUndefined();
      expect(await store.get(key)).toBeUndefined();
      expect(await store.get(key, { start: 0, end: 1 })).toBeUndefined();
      await store.delete(key);
    });

    it('stores an empty object', async () => {
      const key = fresh();
      expect(await store.put(key, stream(), text)).toMatchObject({ bytes: 0 });
      expect(await read(key)).toBe('');
    });

    it('stores a stream of any chunks, byte for byte', async () => {
      const key = fresh();
      const chunks = [1, 0, 70_000, 300_000, 5_500_000, 3].map((size) => randomBytes(size));
      const info = await store.put(key, stream(...chunks), text);
      const sha256 = (content: Uint8Array | undefined) =>
        createHash('sha256')
          .update(content ?? '')
          .digest('hex');
      expect(info.bytes).toBe(5_870_004);
      expect(sha256(await readBytes(await store.get(key)))).toBe(sha256(Buffer.concat(chunks)));
    });

    it('changes the etag with the bytes', async () => {
      const key = fresh();
      const first = await store.put(key, bytes('un'), text);
      const second = await store.put(key, bytes('deux'), text);
      expect(second.etag).not.toBe(first.etag);
      expect((await store.info(key))?.etag).toBe(second.etag);
    });

    it.each([
      [0, 0, 'b'],
      [1, 3, 'onj'],
      [5, 99, 'ur'],
      [7, 9, ''],
    ])('reads bytes %i to %i, both included', async (start, end, expected) => {
      const key = fresh();
      await store.put(key, bytes('bonjour'), text);
      expect((await readBytes(await store.get(key, { start, end })))?.toString()).toBe(expected);
    });

    it('puts if absent, once among 50 callers at once', async () => {
      const key = fresh();
      const won = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          store.putIfAbsent(key, n % 2 === 0 ? bytes(`${n}`) : stream(bytes(`${n}`)), text),
        ),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await read(key)).toBe(String(won.indexOf(true)));
    });

    it('replaces what matches, once among 50 callers at once', async () => {
      const key = fresh();
      const { etag } = await store.put(key, bytes('before'), text);
      const won = await Promise.all(
        Array.from({ length: 50 }, (_, n) => store.putIfMatch(key, bytes(`${n}`), text, etag)),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await read(key)).toBe(String(won.indexOf(true)));
    });

    it('writes nothing by etag where nothing is', async () => {
      const key = fresh();
      expect(await store.putIfMatch(key, bytes('x'), text, 'abc')).toBe(false);
      expect(await store.info(key)).toBeUndefined();
    });

    it('leaves the old object whole when the new body fails half-way', async () => {
      const key = fresh();
      await store.put(key, bytes('before'), text);
      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(randomBytes(400_000));
        throw new RangeError('half-way');
      };
      await expect(store.put(key, failing(), text)).rejects.toThrow('half-way');
      expect(await read(key)).toBe('before');
    });

    const parted = async (...sizes: readonly number[]) => {
      const bodies = sizes.map((size) => randomBytes(size));
      const parts = bodies.map(() => fresh());
      for (const [index, part] of parts.entries())
        await store.put(part, bodies[index] ?? bytes(''), text);
      return { parts, whole: Buffer.concat(bodies) };
    };

    it.each([
      [[]],
      [[0]],
      [[7]],
      [[3, 0, 5]],
      [[6_000_000]],
      [[10, 6_000_000, 10]],
      [[5_242_880, 5_242_880]],
      [[100, 100, 11_000_000, 4_000_000, 2_000_000, 1]],
    ])('joins objects of %j bytes, with headers of its own', async (sizes) => {
      const { parts, whole } = await parted(...sizes);
      const key = fresh();
      const headers = { contentType: 'text/csv', cacheControl: 'public, max-age=60' };
      const joined = await store.join(key, parts, headers);
      expect(joined).toMatchObject({ key, bytes: whole.length });
      expect(await store.info(key)).toMatchObject({
        bytes: whole.length,
        etag: joined?.etag,
        ...headers,
      });
      expect((await readBytes(await store.get(key)))?.equals(whole)).toBe(true);
      for (const part of parts) expect(await store.info(part)).toBeDefined();
    });

    it.each([[20], [6_000_000]])('joins %i bytes only if the condition holds', async (size) => {
      const { parts, whole } = await parted(size);
      const key = fresh();
      expect(await store.join(key, parts, text, { etag: 'abc' })).toBeUndefined();
      expect(await store.info(key)).toBeUndefined();
      const first = await store.join(key, parts, text, { absent: true });
      expect(first?.bytes).toBe(whole.length);
      expect(await store.join(key, parts, text, { absent: true })).toBeUndefined();
      const { etag } = await store.put(key, bytes('between'), text);
      expect(await store.join(key, parts, text, { etag: first?.etag ?? '' })).toBeUndefined();
      expect(await read(key)).toBe('between');
      expect(await store.join(key, parts, text, { etag })).toBeDefined();
      expect((await readBytes(await store.get(key)))?.equals(whole)).toBe(true);
    });

    it.each([[[5]], [[6_000_000, 6_000_000]]])(
      'leaves what is there when a part of a join is missing: %j',
      async (sizes) => {
        const { parts } = await parted(...sizes);
        const key = fresh();
        await store.put(key, bytes('before'), text);
        await expect(store.join(key, [...parts, fresh()], text)).rejects.toThrow(MissingPart);
        expect(await read(key)).toBe('before');
      },
    );

    it('lets a reader finish with the bytes it began with', async () => {
      const key = fresh();
      const before = randomBytes(3_000_000);
      await store.put(key, before, text);
      const reading = await store.get(key);
      await store.put(key, bytes('after'), text);
      expect((await readBytes(reading))?.equals(before)).toBe(true);
    });

    it('deletes', async () => {
      const key = fresh();
      await store.put(key, bytes('x'), text);
      await store.delete(key);
      expect(await store.get(key)).toBeUndefined();
    });

    it('lists by prefix in the order of keys, folders or not', async () => {
      const names = ['l/a', 'l/a-b', 'l/a.b', 'l/a/b', 'l/a/c/d', 'l/a0', 'l/B', 'l/ab', 'm/a'];
      for (const key of names) await store.put(key, bytes(key), text);
      const list = async (prefix: string): Promise<ObjectInfo[]> => {
        const found: ObjectInfo[] = [];
        for await (const page of store.list(prefix)) found.push(...page);
        return found;
      };
      const keysOf = async (prefix: string) => (await list(prefix)).map(({ key }) => key);
      const inOrder = names.sort();
      for (const prefix of [
        'l/',
        'l/a',
        'l/a/',
        'l/a/c',
        'l/a-',
        'l',
        'm/a',
        'nothing',
        'l/a/b/',
      ]) {
        expect(await keysOf(prefix)).toEqual(inOrder.filter((key) => key.startsWith(prefix)));
      }
      expect((await list('m/a'))[0]).toMatchObject({ bytes: 3 });
    });

    it.each([
      '',
      '/',
      '../x',
      'a/../b',
      'a//b',
      '/etc/passwd',
      'a\\b',
      'a/.',
      'é',
      'a b',
      'a\u0000',
    ])('refuses the key "%s"', async (key) => {
      await expect(async () => store.put(key, bytes('x'), text)).rejects.toThrow(RangeError);
      await expect(async () => store.get(key)).rejects.toThrow(RangeError);
      await expect(async () => store.delete(key)).rejects.toThrow(RangeError);
      await expect(async () => store.join(key, [], text)).rejects.toThrow(RangeError);
    });
  });
}
