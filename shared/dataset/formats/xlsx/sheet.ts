import type { FileSink } from '../../../zip/file-sink.ts';
import { columnName, type CellTexts } from './cell-xml.ts';
import { styles } from './serial-dates.ts';

/** A column's heading, and how wide it is, in characters. */
export interface Heading {
  readonly title: string;
  readonly width: number;
}

const spreadsheet = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
/** The header stays in sight. */
const frozen =
  '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/>';

/** One sheet in the making: its header, then row after row. */
export class Sheet {
  readonly sink: FileSink;
  readonly #columns: number;
  /** Rows written so far, the header among them. */
  #rows = 1;

  /** `first`: the sheet that is open when the workbook is. */
  constructor(
    sink: FileSink,
    headings: readonly Heading[],
    texts: CellTexts,
    { first }: { readonly first: boolean },
  ) {
    this.sink = sink;
    this.#columns = headings.length;
    const widths = headings.map(
      ({ width }, index) =>
        `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
    );
    const cells = headings.map(
      ({ title }, index) => `<c r="${columnName(index)}1" s="${styles.header}${texts.text(title)}`,
    );
    sink.write(
      `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${spreadsheet}"><sheetViews><sheetView${first ? ' tabSelected="1"' : ''} workbookViewId="0">${frozen}</sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData><row r="1">${cells.join('')}</row>`,
    );
  }

  /** Rows below the header. */
  get dataRows(): number {
    return this.#rows - 1;
  }

  /** The number of the row that is written next. */
  next(): number {
    return (this.#rows += 1);
  }

  /** All its cells, as a filter names them: `$A$1:$C$9`. */
  get range(): string {
    return `$A$1:$${columnName(this.#columns - 1)}$${this.#rows}`;
  }

  end(): void {
    const range = this.range.replaceAll('$', '');
    this.sink.write(`</sheetData><autoFilter ref="${range}"/></worksheet>`);
    this.sink.end();
  }
}
