import type { Cell, FormDefinition, Row } from '../../shared/form/definition.ts';

/**
 * A form without what means nothing: empty cells, blank rows at the end of a sheet, sheets without
 * rows. Numbers that a double does not hold exactly are the text that they are written in.
 */
export function meaning(definition: FormDefinition): unknown {
  const { survey, choices, settings, entities, external_choices: external } = definition;
  return {
    survey: rowsOf(survey),
    choices: rowsOf(choices),
    settings: rowOf(settings),
    entities: rowsOf(entities ?? []),
    external_choices: rowsOf(external ?? []),
  };
}

function rowsOf(rows: readonly Row[]): ReadonlyMap<string, Cell>[] {
  const written = rows.map(rowOf);
  return written.slice(0, written.findLastIndex((row) => row.size > 0) + 1);
}

function rowOf(row: Row): ReadonlyMap<string, Cell> {
  const cells = Object.entries(row).filter(([, cell]) => cell !== null && cell !== '');
  return new Map(cells.map(([key, cell]) => [key, typeof cell === 'number' ? exact(cell) : cell]));
}

function exact(value: number): Cell {
  if (value === 0) return 0;
  const isExact = !String(value).includes('e') && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return isExact ? value : String(value);
}
