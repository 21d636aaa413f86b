import { childrenOf } from './entities.ts';
import type { Entity } from './entity.ts';
import { parseExpand, type ExpandItem } from './parse-expand.ts';
import type { EntitySet, FeedModel, Navigation } from './feed-model.ts';
import { noSuchProperty, notImplemented, unreadable } from './odata-fault.ts';
import type { Point } from './points.ts';
import type { Property } from './table-properties.ts';

/** Which properties of an entity are told, and which others with it. */
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

/** As deep as anything nests. */
const mostDepth = 8;

/** Throws Faults: `malformed-request` for what is no property, `not-implemented`. */
export function projectionOf(model: FeedModel, set: EntitySet, wanted: Wanted): Projection {
  return project(model, set, wanted, { depth: 0, direction: undefined });
}

interface Place {
  readonly depth: number;
  /** Down to rows, or up to the row above: never both, or a record would be told over and over. */
  readonly direction: 'down' | 'up' | undefined;
}

function project(
  model: FeedModel,
  set: EntitySet,
  { select, expand, wkt }: Wanted,
  place: Place,
): Projection {
  const properties = selected(set, select);
  const members = properties.map((property) => ({
    start: `${JSON.stringify(property.name)}:`,
    write: writerOf(property, wkt),
  }));
  const expanded = expansions(set, expand).map((item) => nested(model, item, wkt, place));
  const names = select === undefined ? [] : properties.map(({ name }) => name);
  const all = [...names, ...expanded.map(({ context }) => context)];
  return {
    context: all.length === 0 ? '' : `(${all.join(',')})`,
    write: (entity) => {
      let text = '';
      for (const { start, write } of members) {
        text += (text === '' ? '{' : ',') + start + write(entity);
      }
      for (const { start, write } of expanded) {
        text += (text === '' ? '{' : ',') + start + write(entity);
      }
      return text === '' ? '{}' : `${text}}`;
    },
  };
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

interface Expansion extends ExpandItem {
  readonly way: Navigation;
}

function expansions(set: EntitySet, expand: string | undefined): readonly Expansion[] {
  if (expand === undefined) return [];
  const chosen = new Map<string, Expansion>();
  for (const item of parseExpand(expand)) {
    const ways =
      item.name === '*' ? [...set.navigations.values()] : [set.navigations.get(item.name)];
    for (const way of ways) {
      if (way === undefined) throw noSuchProperty('$expand', item.name);
      chosen.set(way.name, { ...item, way });
    }
  }
  return [...chosen.values()];
}

function nested(
  model: FeedModel,
  { way, options, name }: Expansion,
  wkt: boolean,
  { depth, direction }: Place,
): {
  readonly start: string;
  readonly context: string;
  readonly write: (entity: Entity) => string;
} {
  const set = model.sets[way.to];
  const wanted = way.many ? 'down' : 'up';
  if (set === undefined) throw noSuchProperty('$expand', name);
  if (direction !== undefined && direction !== wanted) {
    throw notImplemented({
      fr: '$expand va vers le haut ou vers le bas, pas dans les deux sens à la fois.',
      en: '$expand goes up or down, not both ways at once.',
    });
  }
  if (depth >= mostDepth) {
    throw unreadable('$expand', {
      fr: `plus de ${mostDepth} niveaux.`,
      en: `more than ${mostDepth} levels.`,
    });
  }
  const inner = project(
    model,
    set,
    { select: options.get('$select'), expand: options.get('$expand'), wkt },
    { depth: depth + 1, direction: wanted },
  );
  return {
    start: `${JSON.stringify(way.name)}:`,
    context: `${way.name}${inner.context === '' ? '()' : inner.context}`,
    write: way.many
      ? (entity) => `[${childrenOf(entity, set).map(inner.write).join(',')}]`
      : ({ parent }) => (parent === undefined ? 'null' : inner.write(parent)),
  };
}

function writerOf({ read, point }: Property, wkt: boolean): (entity: Entity) => string {
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
