import { join } from 'node:path';
import * as z from 'zod';
import { LinesFacts, readLines } from './lines-file.ts';
import { RecordsFacts } from './records-file.ts';

/**
 * Grows when a backup is laid out otherwise. A later one than this is refused. 1: without the
 * installation's keys, and erasures are named by plain SHA-256.
 */
export const backupFormat = 2;

/**
 * What a point holds: `compiled` is what compile makes by itself and what it works through (pointers,
 * versions, erasures; segments, datasets, public files); the rest is what people gave.
 */
const Files = z.object({
  compiled: RecordsFacts,
  compiledObjects: LinesFacts,
  submissions: RecordsFacts,
  registry: RecordsFacts,
  objects: LinesFacts,
});
type PointFiles = z.infer<typeof Files>;
export type PointFile = keyof PointFiles;

/** The manifest of a point, written last: a point without one is none. */
export const PointManifest = z.object({
  format: z.int().min(1).max(backupFormat),
  /** Which network it is of. */
  network: z.string(),
  /** When the copying began and ended: what was erased later than the beginning may still be in it. */
  began: z.iso.datetime(),
  ended: z.iso.datetime(),
  /** Tells with which key the installation was used (keyring.ts); absent: it had none. */
  keys: z.string().exactOptional(),
  files: Files,
  /** Of all objects, each counted once for each key. */
  objectBytes: z.int().min(0),
});
export type PointManifest = z.infer<typeof PointManifest>;

/** A state of an installation that can be restored. */
export interface Point {
  /** When it began, as a name: `2026-11-22T06-22-02.123Z`. */
  readonly name: string;
  readonly folder: string;
  readonly manifest: PointManifest;
}

export function pointName(began: Date): string {
  return began.toISOString().replaceAll(':', '-');
}

export function pointFile(folder: string, file: PointFile): string {
  return join(folder, `${file}.ndjson.zst`);
}

/** An object as a point lists it. The bytes are in the backup's contents, by their hash. */
export const BackedUpObject = z.object({
  key: z.string(),
  sha256: z.string(),
  bytes: z.int().min(0),
  /** What the object store called these bytes: equal, so need they not be copied again. */
  etag: z.string(),
  contentType: z.string(),
  cacheControl: z.string().exactOptional(),
  contentDisposition: z.string().exactOptional(),
});
export type BackedUpObject = z.infer<typeof BackedUpObject>;

/** The objects of a list. Throws what reading throws, ZodError or SyntaxError on a line that is none. */
export async function* entriesOf(file: string): AsyncGenerator<BackedUpObject> {
  for await (const lines of readLines(file)) {
    for (const line of lines) yield BackedUpObject.parse(JSON.parse(line));
  }
}
