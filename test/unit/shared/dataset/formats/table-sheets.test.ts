import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { cellWriter } from '../../../../../shared/dataset/formats/xlsx/cells.ts';
import { TableSheets } from '../../../../../shared/dataset/formats/xlsx/table-sheets.ts';
import { CellTexts } from '../../../../../shared/workbook/cell-xml.ts';
import { Workbook } from '../../../../../shared/workbook/workbook-writer.ts';
import { readSheets } from '../../../../support/read-workbook.ts';

/** A workbook of one table of so many rows and answers, within these limits. */
async function sheetsOf(
  name: string,
  { rows, answers }: { readonly rows: number; readonly answers: number },
  limits: { readonly rows: number; readonly columns: number },
) {
  const book = new Workbook(new CellTexts({ exact: false }), { filtered: true });
  const read = buffer(book.body);
  const write = cellWriter('integer', new Map(), book.texts);
  const columns = Array.from({ length: answers }, (_, index) => ({
    title: `q${index}`,
    width: 10,
    write,
  }));
  const leads = ['id', 'state'].map((title) => ({ title, width: 10 }));
  const table = new TableSheets(book, { name, leads, columns, passed: true }, limits);
  for (let row = 0; row < rows; row += 1) {
    const values = columns.map((_, index) => row * 100 + index);
    const cells = [book.texts.text(`r${row}`), book.texts.text('accepted')];
    table.row(cells, { value: (index) => values[index] });
    if (row % 100 === 0) await book.drained();
  }
  table.end();
  book.end();
  return { sheets: await readSheets(await read), last: table.sheetsOf(answers - 1) };
}

describe('a table', () => {
  it.each([
    [0, ['T']],
    [3, ['T']],
    [4, ['T', 'T (2)']],
    [7, ['T', 'T (2)', 'T (3)']],
  ])('of %i rows goes on in a new sheet after three', async (rows, names) => {
    const { sheets } = await sheetsOf('T', { rows, answers: 1 }, { rows: 3, columns: 10 });
    expect([...sheets.keys()]).toEqual(names);
    const headers = [...sheets.values()].map(([header]) => header);
    expect(headers).toEqual(names.map(() => ['id', 'state', 'q0']));
    const ids = [...sheets.values()].flatMap((sheet) => sheet.slice(1).map(([id]) => id));
    expect(ids).toEqual(Array.from({ length: rows }, (_, row) => `r${row}`));
  });

  it('goes on beside itself with the columns that a sheet cannot hold, each row with its id', async () => {
    const limits = { rows: 2, columns: 4 };
    const { sheets, last } = await sheetsOf('T', { rows: 3, answers: 6 }, limits);
    expect(Object.fromEntries(sheets)).toEqual({
      T: [
        ['id', 'state', 'q0', 'q1'],
        ['r0', 'accepted', 0, 1],
        ['r1', 'accepted', 100, 101],
      ],
      'T (2)': [
        ['id', 'q2', 'q3', 'q4'],
        ['r0', 2, 3, 4],
        ['r1', 102, 103, 104],
      ],
      'T (3)': [
        ['id', 'q5'],
        ['r0', 5],
        ['r1', 105],
      ],
      'T (4)': [
        ['id', 'state', 'q0', 'q1'],
        ['r2', 'accepted', 200, 201],
      ],
      'T (5)': [
        ['id', 'q2', 'q3', 'q4'],
        ['r2', 202, 203, 204],
      ],
      'T (6)': [
        ['id', 'q5'],
        ['r2', 205],
      ],
    });
    expect(last).toBe('T (3), T (6)');
  });

  it.each([
    ["'a[b]:*?/\\c'", 'a_b______c'],
    ['', '_'],
    ['History', 'History_'],
    ['é'.repeat(40), 'é'.repeat(31)],
    [`${'a'.repeat(30)}\u{1f33f}`, 'a'.repeat(30)],
  ])('called %j has a name that Excel takes', async (name, sheet) => {
    const { sheets } = await sheetsOf(name, { rows: 1, answers: 1 }, { rows: 3, columns: 10 });
    expect([...sheets.keys()]).toEqual([sheet]);
  });

  it('has names that differ by more than their case, however long', async () => {
    const book = new Workbook(new CellTexts({ exact: false }), { filtered: true });
    const read = buffer(book.body);
    for (const name of ['a'.repeat(35), 'A'.repeat(35), 'A'.repeat(31)]) {
      book.open(book.group(name, { passed: true }), [{ title: 'x', width: 9 }]).end();
    }
    book.end();
    const names = [...(await readSheets(await read)).keys()];
    expect(names).toEqual(['a'.repeat(31), `${'A'.repeat(27)} (2)`, `${'A'.repeat(27)} (3)`]);
  });
});
