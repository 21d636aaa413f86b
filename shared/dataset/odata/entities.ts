import { isJsonObject, own, type JsonObject, type JsonValue } from '../../json.ts';
import type { ReadRow } from '../versions/read-rows.ts';
import type { EntitySet, FeedModel } from './feed-model.ts';
import type { Entity } from './feed-properties.ts';

const noAnswers: JsonObject = {};

function recordEntity({ record }: Pick<ReadRow, 'record'>): Entity {
  const [id, answers] = [own(record, 'id'), own(record, 'answers')];
  return {
    id: typeof id === 'string' ? id : '',
    index: 0,
    row: isJsonObject(answers) ? answers : noAnswers,
    record,
    parent: undefined,
  };
}

/** The rows of a repeat right below a row. What is no object in their array is no row. */
export function childrenOf(parent: Entity, { path }: Pick<EntitySet, 'path'>): readonly Entity[] {
  let value: JsonValue | undefined = parent.row;
  for (const name of path) value = isJsonObject(value) ? own(value, name) : undefined;
  if (!Array.isArray(value)) return [];
  const children: Entity[] = [];
  for (const row of value as readonly JsonValue[]) {
    if (!isJsonObject(row)) continue;
    const index = children.length + 1;
    children.push({ id: `${parent.id}/${index}`, index, row, record: parent.record, parent });
  }
  return children;
}

/** All rows of a set that one record has, in the order of the set's table. */
export function entitiesOf(model: FeedModel, set: EntitySet, read: ReadRow): readonly Entity[] {
  if (set.parent === undefined) return [recordEntity(read)];
  const above = model.sets[set.parent];
  if (above === undefined) return [];
  return entitiesOf(model, above, read).flatMap((parent) => childrenOf(parent, set));
}
