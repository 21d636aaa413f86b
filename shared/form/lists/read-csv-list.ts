import { CsvError, parse } from 'csv-parse/sync';
import * as z from 'zod';
import { listFault, type ListRows } from './list-rows.ts';

/** Empty headings too: each row is looked at under every one of them. */
const maxHeadings = 1_000;

const Table = z.array(z.array(z.string()));

/** Adds the rows of a CSV file. Parted by `;` if its header has no comma, as phones read it too. */
export function readCsvList(name: string, text: string, rows: ListRows): void {
  const [header = [], ...records] = parseTable(name, text);
  const columns = header.map((column) => column.trim());
  if (columns.length > maxHeadings) {
    throw listFault(name, 'too-many-columns', 1, {
      fr: `Ce fichier a trop de colonnes (${columns.length}) : ${maxHeadings} au plus.`,
      en: `This file has too many columns (${columns.length}): at most ${maxHeadings}.`,
    });
  }
  const twice = columns.find((column, at) => column !== '' && columns.indexOf(column) !== at);
  if (twice !== undefined) {
    throw listFault(name, 'duplicate-column', 1, {
      fr: `La colonne « ${twice} » est là deux fois : n’en gardez qu’une.`,
      en: `The column "${twice}" is there twice: keep one.`,
    });
  }
  for (const [index, record] of records.entries()) {
    if (record.slice(columns.length).some((cell) => cell.trim() !== '')) {
      throw listFault(name, 'broken-csv', index + 2, {
        fr: 'Cette ligne a plus de cellules que l’en-tête : mettez entre guillemets droits (") les textes qui ont une virgule.',
        en: 'This row has more cells than the header: put texts that hold a comma between straight quotes (").',
      });
    }
    rows.add(columns.flatMap((column, at) => (column === '' ? [] : [[column, record[at] ?? '']])));
  }
}

function parseTable(name: string, text: string): string[][] {
  const header = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const delimiter = !header.includes(',') && header.includes(';') ? ';' : ',';
  try {
    return Table.parse(
      parse(text, { delimiter, relax_column_count: true, skip_empty_lines: true }),
    );
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const row = typeof cause['lines'] === 'number' ? cause['lines'] : 0;
    throw listFault(name, 'broken-csv', row, {
      fr: 'Ce CSV ne se lit pas à cette ligne : vérifiez que chaque guillemet droit (") ouvert est fermé.',
      en: 'This CSV cannot be read on this row: check that each straight quote (") that opens is closed.',
    });
  }
}
