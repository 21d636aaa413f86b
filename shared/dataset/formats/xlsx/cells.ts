import type { JsonValue } from '../../../json.ts';
import { flatText } from '../../rows/cell-text.ts';
import type { ColumnKind } from '../../rows/column-kinds.ts';
import { booleanCell, numberCell, styledCell, type CellTexts } from '../../../workbook/cell-xml.ts';
import { serialDate, serialDateTime, serialTime, type Serial } from './serial-dates.ts';

/** What follows `<c r="A1` for a value; '' for no cell. */
export type WriteCell = (value: JsonValue) => string;

/** What stands between the labels of several choices. */
const separator = '; ';

/**
 * How a column's values become cells. Numbers and booleans are what they are whatever the column
 * holds; a text is what the column's kind makes of it or, where it does not fit, text.
 */
export function cellWriter(
  kind: ColumnKind,
  labels: ReadonlyMap<string, string>,
  texts: CellTexts,
): WriteCell {
  const writeText = textWriter(kind, labels, texts);
  return (value) => {
    if (typeof value === 'string') return value === '' ? '' : writeText(value);
    if (typeof value === 'number') return numberCell(value, texts);
    if (typeof value === 'boolean') return booleanCell(value);
    if (value === null) return '';
    const text =
      (kind === 'code' || kind === 'codes') && Array.isArray(value)
        ? labelled(value as readonly JsonValue[], labels)
        : flatText(value);
    return text === '' ? '' : texts.text(text);
  };
}

function textWriter(
  kind: ColumnKind,
  labels: ReadonlyMap<string, string>,
  texts: CellTexts,
): (text: string) => string {
  switch (kind) {
    case 'code':
      return codeWriter(labels, texts);
    case 'date':
      return serialWriter(serialDate, texts);
    case 'dateTime':
      return serialWriter(serialDateTime, texts);
    case 'time':
      return serialWriter(serialTime, texts);
    case 'text':
    case 'codes':
    case 'integer':
    case 'decimal':
    case 'boolean':
    case 'file':
    case 'json':
      return (text) => texts.text(text);
  }
}

/** As many cells are kept as there are choices: each is escaped once. */
function codeWriter(
  labels: ReadonlyMap<string, string>,
  texts: CellTexts,
): (code: string) => string {
  const cells = new Map<string, string>();
  return (code) => {
    const known = cells.get(code);
    if (known !== undefined) return known;
    const label = labels.get(code);
    const cell = texts.text(label ?? code);
    if (label !== undefined) cells.set(code, cell);
    return cell;
  };
}

/** How many cells of days and hours are kept: the same ones come again and again. */
const mostKept = 4_096;

function serialWriter(
  read: (text: string) => Serial | undefined,
  texts: CellTexts,
): (text: string) => string {
  const cells = new Map<string, string>();
  return (text) => {
    const known = cells.get(text);
    if (known !== undefined) return known;
    const serial = read(text);
    if (serial === undefined) return texts.text(text);
    const cell = styledCell(serial.value, serial.style);
    if (cells.size < mostKept) cells.set(text, cell);
    return cell;
  };
}

function labelled(codes: readonly JsonValue[], labels: ReadonlyMap<string, string>): string {
  if (!codes.every((code) => typeof code === 'string')) return flatText(codes);
  return codes.map((code) => labels.get(code) ?? code).join(separator);
}
