import type { Row } from '../definition.ts';
import { listExtension, type ListExtension } from './form-files.ts';
import { listFault, ListRows } from './list-rows.ts';
import { readCsvList } from './read-csv-list.ts';
import { readGeoJsonList } from './read-geojson-list.ts';
import { readXmlList } from './read-xml-list.ts';

/** The largest list file that is read, in bytes: room for 20,000 rows of 250 bytes each. */
export const maxListFileBytes = 5_000_000;

type Reader = (name: string, text: string, rows: ListRows) => void;

const readers: Readonly<Record<ListExtension, Reader>> = {
  csv: readCsvList,
  xml: readXmlList,
  geojson: readGeoJsonList,
};

/** What neither XML nor a spreadsheet can hold. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/**
 * The rows of a list file: CSV (UTF-8, parted by `,` or `;`, a header first), XML (`<root><item>…`) or
 * GeoJSON (a FeatureCollection). Cells are texts, as written. Throws Fault `invalid-form`, with the
 * file as `sheet` and the row (1 is the header).
 */
export function readListFile(name: string, bytes: Uint8Array): Row[] {
  const extension = listExtension(name);
  if (extension === undefined) {
    throw listFault(name, 'bad-list-file', 0, {
      fr: `« ${name} » n’est pas un fichier de liste : il faut un fichier .csv, .xml ou .geojson.`,
      en: `"${name}" is no list file: a .csv, .xml or .geojson file is needed.`,
    });
  }
  if (bytes.length > maxListFileBytes) {
    throw listFault(name, 'list-too-large', 0, {
      fr: `Ce fichier est trop gros : ${maxListFileBytes / 1_000_000} Mo au plus.`,
      en: `This file is too large: at most ${maxListFileBytes / 1_000_000} MB.`,
    });
  }
  const rows = new ListRows(name);
  readers[extension](name, textOf(name, bytes), rows);
  return rows.rows;
}

function textOf(name: string, bytes: Uint8Array): string {
  let text: string | undefined;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    text = undefined;
  }
  if (text === undefined || unwritable.test(text)) {
    throw listFault(name, 'bad-encoding', 0, {
      fr: 'Ce fichier n’est pas un texte en UTF-8 : dans le tableur, enregistrez-le comme « CSV UTF-8 ».',
      en: 'This file is no text in UTF-8: in the spreadsheet, save it as "CSV UTF-8".',
    });
  }
  return text;
}
