import type { FormModel } from '../../form/model.ts';
import type { FormInput } from '../rows/form-rows.ts';
import { layoutOf } from '../rows/layout.ts';
import { tablesOf } from '../rows/view.ts';
import type { Parts } from './part.ts';

/** Half of a quarter of an hour at 3,000 rows of 40 columns a second: see docs/scale.md. */
const mostCells = 50_000_000;

/** The parts in which a form's dataset is made; undefined: it has few enough cells for one pass. */
export function partsOf(
  { segments }: FormInput,
  models: readonly FormModel[],
  cells = mostCells,
): Parts | undefined {
  const records = segments.reduce((sum, { rows }) => sum + rows, 0);
  const tables = tablesOf(layoutOf(models), 'coordinator');
  const columns = tables.reduce((sum, table) => sum + table.columns.length, 0);
  const rows = Math.max(1, Math.floor(cells / Math.max(1, columns)));
  return records <= rows ? undefined : { rows, count: Math.ceil(records / rows) };
}
