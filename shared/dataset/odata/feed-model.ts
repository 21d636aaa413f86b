import type { RowIndex, RowIndexTable } from '../versions/row-index.ts';
import { identifier, propertiesOf, UniqueNames, type Property } from './feed-properties.ts';

/** A way from an entity to others: to the rows of a repeat, or to the row above. */
export interface Navigation {
  readonly name: string;
  readonly to: number;
  readonly many: boolean;
  /** The way back. */
  readonly partner: string;
}

/** One entity set: the records, or the rows of a repeat. */
export interface EntitySet {
  readonly name: string;
  /** Of its entity type: a set's name has dots, which a type's may not. */
  readonly typeName: string;
  readonly table: RowIndexTable;
  /** The set of the rows above; undefined: these are the records. */
  readonly parent: number | undefined;
  /** Names from the row above to the array of these rows. */
  readonly path: readonly string[];
  readonly properties: readonly Property[];
  readonly byName: ReadonlyMap<string, Property>;
  readonly navigations: ReadonlyMap<string, Navigation>;
}

interface Draft extends EntitySet {
  readonly names: UniqueNames;
  readonly navigations: Map<string, Navigation>;
}

/** A version's rows as OData sees them. Sets stand in the order of the index's tables. */
export interface FeedModel {
  readonly namespace: string;
  readonly languages: readonly string[];
  readonly sets: readonly EntitySet[];
  readonly byName: ReadonlyMap<string, EntitySet>;
}

/** The entity sets of an index's tables. */
export function feedModel(index: RowIndex): FeedModel {
  const { tables } = index;
  const setNames = new UniqueNames();
  const typeNames = new UniqueNames();
  const drafts = tables.map((table): Draft => {
    const names = new UniqueNames();
    const properties = propertiesOf(table, index, names);
    const parent = parentOf(table, tables);
    return {
      name: setNames.take(['Submissions', ...table.path.map(identifier)].join('.')),
      typeName: typeNames.take(identifier(['Submissions', ...table.path].join('_'))),
      table,
      names,
      parent,
      properties,
      path: table.path.slice(parent === undefined ? 0 : tables[parent]?.path.length),
      byName: new Map(properties.map((property) => [property.name, property])),
      navigations: new Map(),
    };
  });
  for (const [to, { path, parent, names, navigations }] of drafts.entries()) {
    const above = parent === undefined ? undefined : drafts[parent];
    if (parent === undefined || above === undefined) continue;
    const down = above.names.take(identifier(path.join('_')));
    const up = names.take('parent');
    above.navigations.set(down, { name: down, to, many: true, partner: up });
    navigations.set(up, { name: up, to: parent, many: false, partner: down });
  }
  const sets: readonly EntitySet[] = drafts;
  return {
    namespace: `Fiche.${identifier(index.dataset)}`,
    languages: index.languages,
    sets,
    byName: new Map(sets.map((set) => [set.name, set])),
  };
}

/** The innermost table that a repeat stands in. */
function parentOf({ path }: RowIndexTable, tables: readonly RowIndexTable[]): number | undefined {
  let found: number | undefined;
  for (const [number, { path: above }] of tables.entries()) {
    const isAbove = above.length < path.length && above.every((name, at) => path[at] === name);
    if (isAbove && above.length >= (tables[found ?? 0]?.path.length ?? 0)) found = number;
  }
  return found;
}
