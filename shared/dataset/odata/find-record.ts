import { own } from '../../json.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { readRows, type ReadRow } from '../versions/read-rows.ts';
import type { RowIndex } from '../versions/row-index.ts';
import { mostWholeBytes } from './page-limits.ts';

const idOf = ({ record }: ReadRow): string => {
  const id = own(record, 'id');
  return typeof id === 'string' ? id : '';
};

/**
 * The line of a record. Most files stand in the order of what `orderOf` makes of ids: a few reads halve
 * the way to the part that would have it. Of those that do not, such as a derived dataset's, the rest
 * is looked through.
 */
export async function findRecord(
  objects: ObjectStore,
  index: RowIndex,
  id: string,
  orderOf: (id: string) => string,
): Promise<ReadRow | undefined> {
  const { marks, bytes } = index;
  const wanted = orderOf(id);
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const offset = marks[middle]?.offset ?? 0;
    const first = await firstRow(objects, index, offset);
    if (first === undefined || orderOf(idOf(first)) > wanted) high = middle;
    else low = middle + 1;
  }
  const [from, to] = [marks[low - 1]?.offset ?? 0, marks[low]?.offset ?? bytes];
  const found = await lookThrough(objects, index, id, { from, to });
  if (found !== undefined || bytes > mostWholeBytes) return found;
  return lookThrough(objects, index, id, { from: 0, to: bytes });
}

async function firstRow(
  objects: ObjectStore,
  index: RowIndex,
  from: number,
): Promise<ReadRow | undefined> {
  for await (const row of readRows(objects, index, { from, to: from + 1 })) return row;
  return undefined;
}

async function lookThrough(
  objects: ObjectStore,
  index: RowIndex,
  id: string,
  range: { readonly from: number; readonly to: number },
): Promise<ReadRow | undefined> {
  for await (const row of readRows(objects, index, range)) if (idOf(row) === id) return row;
  return undefined;
}
