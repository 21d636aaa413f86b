import { childrenOf } from './entities.ts';
import type { EntitySet, FeedModel, Navigation } from './feed-model.ts';
import type { Point, Property, Entity } from './feed-properties.ts';
import { noSuchProperty, notImplemented } from './odata-fault.ts';

/** Which properties of an entity are shown, and which others with it. */
export interface Projection {
  /** As in `@odata.context`: `(id,state,contacts())`; '' for all. */
  readonly context: string;
  /** The JSON text of an entity. */
  readonly write: (entity: Entity) => string;
}

interface Wanted {
  readonly select: string | undefined;
  readonly expand: string | undefined;
  /** Points as text. */
  readonly wkt: boolean;
}

type Write = Projection['write'];

/** Throws Faults: `malformed-request` for what is no property, `not-implemented`. */
export function projectionOf(
  model: FeedModel,
  set: EntitySet,
  { select, expand, wkt }: Wanted,
): Projection {
  const properties = selected(set, select);
  const ways = expanded(set, expand);
  const names = select === undefined ? [] : properties.map(({ name }) => name);
  const all = [...names, ...ways.map(({ name }) => `${name}()`)];
  return {
    context: all.length === 0 ? '' : `(${all.join(',')})`,
    write: objectOf([
      ...properties.map((property) => [property.name, writerOf(property, wkt)] as const),
      ...ways.map((way) => [way.name, relatedOf(model, way, wkt)] as const),
    ]),
  };
}

function objectOf(members: readonly (readonly [string, Write])[]): Write {
  const writers = members.map(([name, write]) => ({ start: `${JSON.stringify(name)}:`, write }));
  return (entity) => {
    let text = '';
    for (const { start, write } of writers) {
      text += (text === '' ? '{' : ',') + start + write(entity);
    }
    return text === '' ? '{}' : `${text}}`;
  };
}

/** The rows of a repeat, or the row above, with all of their properties. */
function relatedOf(model: FeedModel, { to, many }: Navigation, wkt: boolean): Write {
  const set = model.sets[to];
  if (set === undefined) return () => 'null';
  const write = objectOf(
    set.properties.map((property) => [property.name, writerOf(property, wkt)]),
  );
  return many
    ? (entity) => `[${childrenOf(entity, set).map(write).join(',')}]`
    : ({ parent }) => (parent === undefined ? 'null' : write(parent));
}

function selected(set: EntitySet, select: string | undefined): readonly Property[] {
  if (select === undefined) return set.properties;
  const chosen = new Set<Property>();
  for (const part of select.split(',')) {
    const name = part.trim();
    if (name === '*') return set.properties;
    const property = set.byName.get(name);
    if (property !== undefined) chosen.add(property);
    else if (!set.navigations.has(name)) throw noSuchProperty('$select', name);
  }
  return set.properties.filter((property) => chosen.has(property));
}

function expanded(set: EntitySet, expand: string | undefined): readonly Navigation[] {
  if (expand === undefined) return [];
  if (/[()]/.test(expand)) {
    throw notImplemented({
      fr: '$expand ne prend pas d’options entre parenthèses : demandez $expand=*, ou lisez les tables des répétitions.',
      en: '$expand takes no options in parentheses: ask for $expand=*, or read the tables of repeats.',
    });
  }
  const chosen = new Set<Navigation>();
  for (const part of expand.split(',')) {
    const name = part.trim();
    const ways = name === '*' ? [...set.navigations.values()] : [set.navigations.get(name)];
    for (const way of ways) {
      if (way === undefined) throw noSuchProperty('$expand', name);
      chosen.add(way);
    }
  }
  return [...chosen];
}

function writerOf({ read, point }: Property, wkt: boolean): Write {
  if (point === undefined) return (entity) => JSON.stringify(read(entity));
  const write = wkt ? wktOf : geoJsonOf;
  return (entity) => {
    const place = point(entity);
    return place === undefined ? 'null' : write(place);
  };
}

function coordinatesOf({ lon, lat, altitude }: Point): readonly number[] {
  return altitude === undefined ? [lon, lat] : [lon, lat, altitude];
}

function geoJsonOf(place: Point): string {
  return `{"type":"Point","coordinates":[${coordinatesOf(place).join(',')}]}`;
}

function wktOf(place: Point): string {
  return `"POINT (${coordinatesOf(place).join(' ')})"`;
}
