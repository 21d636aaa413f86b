import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  csvCell,
  csvCellForPeople,
  csvText,
  harmless,
  unguarded,
} from '../../../../../shared/dataset/rows/cell-text.ts';

/** What a spreadsheet drops before it looks whether a cell is a formula, then what makes it one. */
const formula = /^[\s"]*[=+\-@＝＋－＠]/;
const isFormula = (field: string): boolean => formula.test(field);
/** A number, of a phone too: `+221 77 123 45 67`, `-1.5e-7`. */
const isNumber = (field: string): boolean =>
  field.trim() !== '' &&
  (Number.isFinite(Number(field)) || /^[+-][\d\u00a0 ().-]*\d[\d\u00a0 ().-]*$/.test(field));

/** Lines as a spreadsheet whose separator this is reads them, whatever is quoted where. */
const fieldsOf = (text: string, delimiter: string): string[] => {
  const read = (whole: string): string[][] =>
    parse(whole, {
      delimiter,
      bom: true,
      relax_quotes: true,
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
    });
  try {
    return read(text).flat();
  } catch {
    // A quote that is open at the end: a spreadsheet closes it.
    return read(`${text}"`).flat();
  }
};

/** Texts made of what breaks cells, so that most of them hold an attack. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom('=', '+', '-', '@', '＝', '＋', '－', '＠'),
      fc.constantFrom(',', ';', '\t', '\n', '\r\n', '\r', ' ', '"', '""', "'", '\u00a0'),
      fc.constantFrom('x', '1', '+1', '-2.5', "cmd|'/C calc'!A0", 'eau', '(', ')'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('a CSV cell', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+221', "'+221"],
    ['-x', "'-x"],
    ['@a', "'@a"],
    ['＝1', "'＝1"],
    [' =1', " '=1"],
    ['\tx', '"\'\tx"'],
    ['\rx', '"\'\rx"'],
    ['\nx', '"\'\nx"'],
    ['="a",1', '"\'=""a"",1"'],
    ['x;=1+1', '"x;\'=1+1"'],
    ['x;;=1', '"x;;\'=1"'],
    ['x; "=1', '"x; ""\'=1"'],
    ['x,@y', '"x,\'@y"'],
    ['x\t=1', '"x\t\'=1"'],
    ['x\r\n- y', '"x\r\n\'- y"'],
    ['x;-5', '"x;\'-5"'],
    ['14.5,-17.25', '"14.5,-17.25"'],
    ['14.5,-1+cmd', '"14.5,\'-1+cmd"'],
    ['[1,-2]', '"[1,-2]"'],
    ['a;b', '"a;b"'],
    ['a\tb', '"a\tb"'],
    ['a=1', 'a=1'],
    ['a-b', 'a-b'],
    ["l'eau", "l'eau"],
    ['a,b', '"a,b"'],
    ['a\nb', '"a\nb"'],
  ])('of the text %j is %j', (value, cell) => {
    expect(csvText(value)).toBe(cell);
  });

  it.each([
    ['+221 77 123 45 67', '+221 77 123 45 67', "'+221 77 123 45 67"],
    ['+221771234567', '+221771234567', "'+221771234567"],
    ['-5', '-5', '-5'],
    ['-1.5', '-1.5', '-1.5'],
    ['-1.5e-7', '-1.5e-7', "'-1.5e-7"],
    ['-', "'-", "'-"],
    ['+x', "'+x", "'+x"],
    ["-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"],
    [-5, '-5', '-5'],
  ])('of the answer %j is %j for machines and %j for people', (value, machine, people) => {
    expect(csvCell(value)).toBe(machine);
    expect(csvCellForPeople(value, machine)).toBe(people);
  });

  it('is no formula, whether a reader parts cells at commas, semicolons or tabs', () => {
    let attacks = 0;
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 2, maxLength: 4 }), (texts) => {
        const line = (cell: (text: string) => string): string =>
          `id-1,${texts.map(cell).join(',')}\r\nid-2,,\r\n`;
        for (const delimiter of [',', ';', '\t']) {
          const machine = fieldsOf(line(csvCell), delimiter);
          expect(machine.filter((field) => isFormula(field) && !isNumber(field))).toEqual([]);
          const strict = fieldsOf(line(csvText), delimiter);
          expect(strict.filter((field) => isFormula(field))).toEqual([]);
          if (fieldsOf(texts.join('\n'), delimiter).some(isFormula)) attacks += 1;
        }
      }),
      { numRuns: 2_000 },
    );
    expect(attacks).toBeGreaterThan(1_000);
  });

  it('is read back by another parser as the text with its guards', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(hostile, fc.string({ unit: 'grapheme' })), { minLength: 2 }),
        (texts) => {
          const [row]: string[][] = parse(`${texts.map(csvText).join(',')}\r\n`, {
            record_delimiter: '\r\n',
          });
          expect(row).toEqual(texts.map(harmless));
        },
      ),
    );
  });

  it('gives the text back when its guards are taken off, and is guarded but once', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(harmless(harmless(text))).toBe(harmless(text));
        fc.pre(!text.includes("'"));
        expect(unguarded(harmless(text))).toBe(text);
      }),
    );
  });

  it('is made in a time that grows with its length alone', () => {
    const started = performance.now();
    for (const part of ['\t', ' ', '"', '\n=', ', ', '-', ',"']) csvText(part.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
