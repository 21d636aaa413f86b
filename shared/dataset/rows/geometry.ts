import { typeRow, type QuestionType } from '../../form/types/question-types.ts';
import { isJsonObject, own, type JsonValue } from '../../json.ts';

type Position = readonly [longitude: number, latitude: number];

/** GeoJSON of a point (RFC 7946: longitude first), as text. */
export function pointGeometry(lat: number, lon: number): string {
  return `{"type":"Point","coordinates":[${lon},${lat}]}`;
}

/** GeoJSON of a geotrace (a line) or of a geoshape (an area), as text; undefined: no such answer. */
export function geometryOf(type: QuestionType, value: JsonValue): string | undefined {
  const positions = positionsOf(value);
  if (positions === undefined) return undefined;
  const { place } = typeRow(type);
  if (place === 'line' && positions.length >= 2) {
    return JSON.stringify({ type: 'LineString', coordinates: positions });
  }
  if (place === 'area' && positions.length >= 4) {
    return JSON.stringify({ type: 'Polygon', coordinates: [rightHanded(positions)] });
  }
  return undefined;
}

function positionsOf(value: JsonValue): Position[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const positions: Position[] = [];
  for (const point of value as readonly JsonValue[]) {
    if (!isJsonObject(point)) return undefined;
    const [lat, lon] = [own(point, 'lat'), own(point, 'lon')];
    if (typeof lat !== 'number' || typeof lon !== 'number') return undefined;
    positions.push([lon, lat]);
  }
  return positions;
}

/** An outer ring runs anticlockwise. */
function rightHanded(ring: readonly Position[]): readonly Position[] {
  let twiceArea = 0;
  for (const [index, [x, y]] of ring.entries()) {
    const [nextX, nextY] = ring[(index + 1) % ring.length] ?? [x, y];
    twiceArea += x * nextY - nextX * y;
  }
  return twiceArea < 0 ? ring.toReversed() : ring;
}
