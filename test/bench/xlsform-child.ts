/**
 * A large form from a workbook on disk to published, in a process of its own, so that its memory can
 * be read: `runs` forms of the same content, in turn with the reader of workbooks alone. Prints
 * milliseconds of each and the resident memory of the first, as JSON.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readXlsx } from 'hucre/xlsx';
import { systemClock } from '../../shared/clock.ts';
import { FormLibrary } from '../../shared/form/library/form-library.ts';
import { readWorkbook } from '../../shared/form/files/read-workbook.ts';
import { DiskObjectStore } from '../../shared/objects/disk-object-store.ts';
import { openSqlite } from '../../shared/store/sqlite-record-store.ts';

const [, , file = '', runs = '1'] = process.argv;
const bytes = await readFile(file);
const folder = await mkdtemp(join(tmpdir(), 'fiche-bench-'));
const stores = openSqlite(join(folder, 'fiche.sqlite'));
const objects = new DiskObjectStore(join(folder, 'objects'));
const forms = new FormLibrary(stores.registry, objects, systemClock);

const figures: Record<'reader' | 'publish' | 'xform', number[]> = {
  reader: [],
  publish: [],
  xform: [],
};

async function timed(name: keyof typeof figures, act: () => Promise<unknown>): Promise<void> {
  globalThis.gc?.();
  const began = performance.now();
  await act();
  figures[name].push(performance.now() - began);
}

let residentMb = 0;
for (let run = 0; run < Number(runs); run += 1) {
  const formId = `bench${run}`;
  await timed('publish', async () => {
    const { definition } = await readWorkbook(bytes);
    await forms.putDraft(formId, definition);
    await forms.publish(formId);
  });
  const record = await forms.record(formId);
  if (record === undefined) throw new Error('The form of the bench was not published.');
  await timed('xform', () => forms.xForm(record));
  if (run === 0) residentMb = process.resourceUsage().maxRSS / 1024;
  await timed('reader', () => readXlsx(bytes));
}

stores.close();
objects.close();
await rm(folder, { recursive: true });
process.stdout.write(JSON.stringify({ ...figures, residentMb }));
