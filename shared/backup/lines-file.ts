import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline as connect, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import * as z from 'zod';

/** What is known of a file of lines, as it lies on the disk. */
export const LinesFacts = z.object({
  lines: z.int().min(0),
  /** Compressed. */
  bytes: z.int().min(0),
  /** SHA-256 (hex) of the compressed bytes. */
  sha256: z.string(),
});
export type LinesFacts = z.infer<typeof LinesFacts>;

const parameters = { [constants.ZSTD_c_checksumFlag]: 1 };

/** Writes lines (without line feeds) into a new file, zstd, for its owner alone, and makes it durable. */
export async function writeLines(
  file: string,
  batches: AsyncIterable<readonly string[]>,
): Promise<LinesFacts> {
  const hash = createHash('sha256');
  let lines = 0;
  let bytes = 0;
  async function* text(): AsyncGenerator<string> {
    for await (const batch of batches) {
      lines += batch.length;
      if (batch.length > 0) yield `${batch.join('\n')}\n`;
    }
  }
  const measure = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const out = createWriteStream(file, { mode: 0o600 });
  await pipeline(Readable.from(text()), createZstdCompress({ params: parameters }), measure, out);
  await makeDurable(file);
  return { lines, bytes, sha256: hash.digest('hex') };
}

/** The lines of such a file, in batches. Throws what the file system or zstd throws. */
export async function* readLines(file: string): AsyncGenerator<readonly string[]> {
  const text = createZstdDecompress();
  // What fails in reading fails the text, which is what is waited for.
  connect(createReadStream(file), text, () => undefined);
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of text as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}

/** Bytes and hash of a file as it lies on the disk. Throws what the file system throws. */
export async function measureFile(file: string): Promise<Pick<LinesFacts, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Waits until a file, or the names in a folder, would survive a loss of power. */
export async function makeDurable(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
