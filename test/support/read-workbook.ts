import { readXlsx, type CellValue } from 'hucre/xlsx';

/** The cells of each sheet of a workbook, row by row, as a reader that is not ours has them. */
export async function readSheets(bytes: Uint8Array): Promise<Map<string, CellValue[][]>> {
  const { sheets } = await readXlsx(bytes);
  return new Map(sheets.map(({ name, rows }) => [name, rows]));
}
