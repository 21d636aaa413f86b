/** `node test/support/write-workbooks.ts`: writes the workbooks of test/fixtures/workbooks again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { storedZip } from './stored-zip.ts';
import { workbookParts } from './workbook-file.ts';
import { cellKinds } from './workbooks/cell-kinds.ts';
import { linked } from './workbooks/linked.ts';
import { messy } from './workbooks/messy.ts';
import { migrantServices } from './workbooks/migrant-services.ts';

export const workbooksFolder = new URL('../fixtures/workbooks/', import.meta.url);

/** Every workbook by the name of its file. Not compressed: deflate differs from one processor to another. */
export const workbooks: ReadonlyMap<string, Uint8Array> = new Map(
  Object.entries({
    'cell-kinds.xlsx': cellKinds,
    'linked.xlsx': linked,
    'messy.xlsx': messy,
    'migrant-services.xlsx': migrantServices,
  }).map(([name, workbook]) => [name, storedZip(workbookParts(workbook))]),
);

if (import.meta.main) {
  mkdirSync(workbooksFolder, { recursive: true });
  for (const [name, bytes] of workbooks) writeFileSync(new URL(name, workbooksFolder), bytes);
}
