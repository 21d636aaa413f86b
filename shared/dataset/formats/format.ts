import type { JsonValue } from '../../json.ts';
import type { FileSink } from '../../zip/file-sink.ts';
import type { AudienceRow, AudienceTables } from '../rows/audience-row.ts';
import type { FileEntry } from '../versions/version-manifest.ts';
import type { DatasetHead } from '../versions/version-place.ts';
import type { BodyFile, MadeBody } from '../versions/version-writer.ts';

/** Writes one audience's rows in one format. A row never waits: see FileSink. */
export interface FormatWriter {
  /** Called for every record that the audience sees, in the order of public ids. */
  row(record: AudienceRow): void;
  /** Of a writer that holds rows back in files of its own: waits until they have been passed on. */
  drained?(): Promise<void>;
  /** Of a format whose files are made in parts: what the writer of the next part has to know. */
  save?(): JsonValue;
  /**
   * Writes what ends the files and says how many records they have. Files opened with `open` and
   * `internal` are closed by the caller, those of `body` end here.
   */
  end(): number | Promise<number>;
}

export interface FormatContext {
  readonly head: DatasetHead;
  readonly tables: AudienceTables;
  /** A file that is written as text, or in pieces of bytes. */
  readonly open: (fileName: string, mediaType: string) => FileSink;
  /** A file whose bytes a library makes. */
  readonly body: (file: MadeBody) => BodyFile;
  /** A file that nobody is handed; its name must say for which audience it is. */
  readonly internal: (fileName: string, mediaType: string) => FileSink;
  /** What the writer of the part before has saved; absent: this is the first part, or all of it. */
  readonly resumed?: JsonValue;
  /** The number of the part, from 1, of a format that has files for each one; absent: there is but one. */
  readonly part?: number;
}

/**
 * What becomes of a format's files when a dataset is too large for one pass. `append`: each part goes on
 * where the one before has stopped, the bytes are those of one pass. `files`: each part has whole files
 * of its own. Otherwise they are not made, and the manifest says so.
 */
type InParts =
  | 'append'
  | 'files'
  | { readonly omitted: (context: Pick<FormatContext, 'head' | 'tables'>) => readonly string[] };

/** A file format: one row of the registry in formats.ts. */
export interface Format {
  readonly name: string;
  readonly inParts: InParts;
  /** Undefined: this dataset has no such file for this audience. */
  readonly open: (context: FormatContext) => FormatWriter | undefined;
}

/** Writes a file that tells of the others of its audience: their names, bytes and hashes. */
export type Description = (context: FormatContext, files: readonly FileEntry[]) => void;

/** How many records the parts before had, of writers that save nothing else. */
export function recordsBefore(resumed: JsonValue | undefined): number {
  return typeof resumed === 'number' ? resumed : 0;
}
