import type { Audience } from '../../form/model.ts';
import type { FileSink } from '../file-sink.ts';
import type { FormRow, VersionTexts } from '../form-rows.ts';
import type { Scope } from '../layout.ts';
import type { TableColumns, View } from '../view.ts';

/** What a file says of its dataset. */
export interface DatasetHead {
  readonly dataset: string;
  readonly version: string;
  readonly cutOff: string;
  readonly title: Readonly<Record<string, string>>;
  readonly license: string | null;
}

/** Columns about the record itself, before those of the questions. */
export interface MetaColumn {
  readonly header: string;
  /** The same in JSON. */
  readonly member: string;
  /** Its cell in CSV, and as a JSON value. */
  readonly csv: (row: PublishedRow) => string;
  readonly json: (row: PublishedRow) => string;
}

/** A dataset as one audience sees it. */
export interface AudienceTables {
  readonly audience: Audience;
  readonly meta: readonly MetaColumn[];
  readonly main: TableColumns;
  readonly repeats: readonly TableColumns[];
  /** The scope of the form's place: one feature for each of its rows; undefined: nothing to map. */
  readonly geometryScope: Scope | undefined;
}

/** A record as one audience sees it. */
export interface PublishedRow extends Omit<FormRow, 'seenBy' | 'notPublic' | 'plan'> {
  /** The instanceId, or what stands for it in public. */
  readonly id: string;
  readonly formVersion: VersionTexts;
  /** The columns about who sent it that the version answered to lets the audience see. */
  readonly metadata: readonly string[];
  readonly view: View;
}

/** Writes one audience's rows in one format. Never waits: see FileSink. */
export interface FormatWriter {
  /** Called for every row that the audience sees, in the order of instanceIds. */
  row(row: PublishedRow): void;
  /** Writes what ends the files, which the caller closes, and says how many records they have. */
  end(): number;
}

interface FormatContext {
  readonly head: DatasetHead;
  readonly tables: AudienceTables;
  readonly open: (fileName: string, mediaType: string) => FileSink;
}

/** A file format: one row of the registry in formats.ts. */
export interface Format {
  readonly name: string;
  /** Undefined: this dataset has no such file for this audience. */
  readonly open: (context: FormatContext) => FormatWriter | undefined;
}
