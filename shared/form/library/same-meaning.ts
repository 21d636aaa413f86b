import { canonicalJson } from '../../json.ts';
import { cellText, type FormDefinition, type Row } from '../definition.ts';

/**
 * True if two definitions say the same, though one came from YAML and the other from a workbook: cells
 * that are empty, the order of columns, and whether a cell holds `1` as a number or as a text mean
 * nothing.
 */
export function sameMeaning(one: FormDefinition, other: FormDefinition): boolean {
  return meaning(one) === meaning(other);
}

function meaning({
  settings,
  files = {},
  survey,
  choices,
  entities,
  ...more
}: FormDefinition): string {
  return canonicalJson({
    survey: cellsOf(survey),
    choices: cellsOf(choices),
    entities: cellsOf(entities),
    external: cellsOf(more.external_choices),
    settings: cellsOf([settings]),
    files: Object.entries(files).flatMap(([name, rows]) => [name, cellsOf(rows)]),
  });
}

/** Names and texts of the cells of each row that has some. Lists, for a column may be called `__proto__`. */
function cellsOf(rows: readonly Row[] = []): readonly (readonly string[])[] {
  return rows
    .map((row) =>
      Object.entries(row)
        .map(([column, cell]) => [column.trim(), cellText(cell)] as const)
        .filter(([, text]) => text !== '')
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .flat(),
    )
    .filter((cells) => cells.length > 0);
}
