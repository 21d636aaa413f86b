/** Texts that a workbook may hold as errors of formulas. */
const errors: ReadonlySet<string> = new Set([
  '#VALUE!',
  '#REF!',
  '#N/A',
  '#NAME?',
  '#NULL!',
  '#DIV/0!',
  '#NUM!',
  '#GETTING_DATA',
  '#SPILL!',
  '#CALC!',
]);

/**
 * A text as the writer must be given it so that every reader gets the same back: what looks like an
 * escape of Excel's (`_x0041_` stands for A) is escaped itself, and so is what XML cannot hold (ECMA-376
 * part 1, 22.9.2.19). Control characters are the writer's own matter.
 */
export function cellEscapes(text: string): { text: string; isError: boolean } {
  return {
    text: text
      .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
      .replaceAll(/[\ufffe\uffff]|\p{Surrogate}/gu, (unit) => {
        const code = unit.charCodeAt(0).toString(16).toUpperCase();
        return `_x${code}_`;
      }),
    isError: errors.has(text),
  };
}
