import * as z from 'zod';
import type { JsonValue } from '../../json.ts';
import type { Translations } from '../../text.ts';
import type { AudienceRow, AudienceTables } from '../rows/audience-row.ts';
import type { Column, TableColumns } from '../rows/audience-view.ts';
import {
  Mark,
  ndjsonName,
  type RowIndex,
  type RowIndexColumn,
  rowIndexName,
  type RowIndexTable,
} from '../versions/row-index.ts';
import type { DatasetHead } from '../versions/version-place.ts';
import type { Format } from './format.ts';
import { recordTexts } from './record-texts.ts';

const ndjsonMediaType = 'application/x-ndjson';

/**
 * One record a line, the same objects as in JSON: for programs that read a large dataset piece by
 * piece. An index beside it says where its rows are (row-index.ts).
 */
export const ndjson: Format = {
  name: 'ndjson',
  inParts: 'append',
  open: ({ head, tables, open, internal, resumed }) => {
    const sink = open(ndjsonName(head.dataset), ndjsonMediaType);
    const texts = recordTexts(tables);
    const index = new NdjsonIndex(head, tables, { resumed });
    return {
      row: (row) => {
        const line = `${texts.of(row)}\n`;
        if (index.isDue()) index.mark(sink.position());
        sink.write(line);
        sink.rows += 1;
        index.add(row, line.length);
      },
      save: () => index.save(),
      end: () => {
        const file = internal(rowIndexName(tables.audience), 'application/json');
        file.write(`${JSON.stringify(index.end(sink.position()))}\n`);
        file.rows = sink.rows;
        return sink.rows;
      },
    };
  },
};

/** Characters of NDJSON from one mark to the next, while there are few. */
const firstSpacing = 256 * 1024;
/** So many marks are half a megabyte of index; then every second one goes. */
const mostMarks = 16_384;
/** Longer lists of choices (a country's communes) would be most of the index; nobody reads them there. */
const mostChoices = 2_000;

/** `sinceMark`: null while there is no mark yet. */
const Saved = z.object({
  rows: z.array(z.int()),
  marks: z.array(Mark),
  spacing: z.number(),
  sinceMark: z.number().nullable(),
});

/** Gathers the index of an NDJSON file while it is written; memory does not grow with its rows. */
class NdjsonIndex {
  readonly #head: DatasetHead;
  readonly #tables: AudienceTables;
  /** Of each table so far. */
  #rows: number[];
  readonly #mostMarks: number;
  #marks: Mark[] = [];
  #spacing: number;
  #sinceMark = Infinity;

  constructor(
    head: DatasetHead,
    tables: AudienceTables,
    limits: {
      readonly spacing?: number;
      readonly mostMarks?: number;
      /** What `save` gave of the same file, as far as it had been written. */
      readonly resumed?: JsonValue | undefined;
    } = {},
  ) {
    this.#head = head;
    this.#tables = tables;
    this.#rows = [tables.main, ...tables.repeats].map(() => 0);
    this.#spacing = limits.spacing ?? firstSpacing;
    this.#mostMarks = limits.mostMarks ?? mostMarks;
    if (limits.resumed === undefined) return;
    const saved = Saved.parse(limits.resumed);
    this.#rows = saved.rows;
    this.#marks = saved.marks;
    this.#spacing = saved.spacing;
    this.#sinceMark = saved.sinceMark ?? Infinity;
  }

  /** All that is to be known to go on with the file. */
  save(): JsonValue {
    const [rows, marks, spacing] = [this.#rows, this.#marks, this.#spacing];
    const sinceMark = Number.isFinite(this.#sinceMark) ? this.#sinceMark : null;
    return { rows, marks, spacing, sinceMark } satisfies z.infer<typeof Saved>;
  }

  /** Whether `mark` should be called before the next line. */
  isDue(): boolean {
    return this.#sinceMark >= this.#spacing;
  }

  /** The next line begins at this byte. */
  mark(offset: number): void {
    this.#sinceMark = 0;
    this.#marks.push({ offset, rows: [...this.#rows] });
    if (this.#marks.length <= this.#mostMarks) return;
    this.#marks = this.#marks.filter((_, number) => number % 2 === 0);
    this.#spacing *= 2;
  }

  /** A line of so many characters was written for the record. */
  add({ rows }: AudienceRow, characters: number): void {
    this.#sinceMark += characters;
    for (const { table } of rows) this.#rows[table] = (this.#rows[table] ?? 0) + 1;
  }

  /** The index of a file of so many bytes. */
  end(bytes: number): RowIndex {
    const { dataset, version, cutOff, title, license } = this.#head;
    const { audience, languages, meta, main, repeats, keys } = this.#tables;
    return {
      format: 1,
      dataset,
      version,
      cutOff,
      audience,
      title,
      license,
      languages: languages.map(({ code }) => code),
      meta: meta.map(({ header, member, kind }) => ({ header, member, kind })),
      tables: [
        this.#table(main, 0),
        ...repeats.map((table, index) => this.#table(table, index + 1)),
      ],
      bytes,
      rows: this.#rows[0] ?? 0,
      marks: this.#marks,
      ...(keys === undefined ? {} : { keys }),
    };
  }

  #table({ scope, columns }: TableColumns, number: number): RowIndexTable {
    const rows = this.#rows[number] ?? 0;
    return { name: scope.name, path: [...scope.path], rows, columns: columns.map(describe) };
  }
}

function describe({ header, kind, field, cell, label, choices }: Column): RowIndexColumn {
  return {
    header,
    path: field.key.split('/'),
    ...(cell === undefined ? {} : { cell }),
    kind,
    label: byLanguage(label),
    ...(choices.size === 0 || choices.size > mostChoices
      ? {}
      : {
          choices: [...choices].map(([code, choice]) => ({
            code,
            label: byLanguage(choice.label),
          })),
        }),
  };
}

function byLanguage(label: Translations): Record<string, string> {
  return Object.fromEntries(label);
}
