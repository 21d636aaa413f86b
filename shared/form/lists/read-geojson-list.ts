import * as z from 'zod';
import { listFault, type ListRows } from './list-rows.ts';

const Scalar = z.union([z.string(), z.number(), z.boolean()]);
const Position = z.array(z.number()).min(2).max(4);
/** What phones can read: GeoJSON's other geometries have no text in XForms. */
const Geometry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Point'), coordinates: Position }),
  z.object({ type: z.literal('LineString'), coordinates: z.array(Position) }),
  z.object({ type: z.literal('Polygon'), coordinates: z.array(z.array(Position)).min(1) }),
]);
const Feature = z.object({
  type: z.literal('Feature'),
  id: z.union([z.string(), z.number()]).optional(),
  geometry: Geometry,
  properties: z.record(z.string(), z.unknown()).nullish(),
});
const Collection = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(z.unknown()),
});

/**
 * Adds the features of a GeoJSON file: a column for each property that is a text, number or boolean,
 * `id`, and `geometry` as XForms write places (`lat lon altitude accuracy`, parted by `;`).
 */
export function readGeoJsonList(name: string, text: string, rows: ListRows): void {
  const collection = Collection.safeParse(parsed(text));
  if (!collection.success) {
    throw listFault(name, 'bad-geojson', 0, {
      fr: 'Ce fichier n’est pas du GeoJSON : il faut une FeatureCollection.',
      en: 'This file is no GeoJSON: a FeatureCollection is needed.',
    });
  }
  for (const [index, written] of collection.data.features.entries()) {
    const feature = Feature.safeParse(written);
    if (!feature.success) {
      throw listFault(name, 'bad-geojson', index + 2, {
        fr: `L’élément ${index + 1} n’est pas un Feature avec un Point, une LineString ou un Polygon : corrigez-le.`,
        en: `Element ${index + 1} is no Feature with a Point, a LineString or a Polygon: correct it.`,
      });
    }
    const { id, geometry, properties } = feature.data;
    const cells = new Map<string, string>();
    for (const [column, value] of Object.entries(properties ?? {})) {
      const scalar = Scalar.safeParse(value);
      if (scalar.success) cells.set(column, String(scalar.data));
    }
    if (id !== undefined) cells.set('id', String(id));
    cells.set('geometry', geometryText(geometry));
    rows.add(cells);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function geometryText(geometry: z.infer<typeof Geometry>): string {
  const point = ([longitude = 0, latitude = 0, altitude = 0]: readonly number[]): string =>
    `${latitude} ${longitude} ${altitude} 0`;
  switch (geometry.type) {
    case 'Point':
      return point(geometry.coordinates);
    case 'LineString':
      return geometry.coordinates.map(point).join('; ');
    case 'Polygon':
      return (geometry.coordinates[0] ?? []).map(point).join('; ');
  }
}
