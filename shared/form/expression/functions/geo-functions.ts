import { numberCode, textsOf, truthCode, type Code, type Frame } from '../code.ts';
import { argument, type FunctionRow } from './function-row.ts';

/** All points of the arguments in a row; undefined if some text is no list of points. */
function pointsOf(args: readonly Code[], frame: Frame): readonly Point[] | undefined {
  const points: Point[] = [];
  for (const text of args.flatMap((arg) => textsOf(arg, frame))) {
    const parsed = parsePoints(text);
    if (parsed === undefined) return undefined;
    points.push(...parsed);
  }
  return points;
}

const measure = (
  name: string,
  most: number,
  compute: (points: readonly Point[]) => number,
): FunctionRow => ({
  name,
  least: 1,
  most,
  compile: (args) =>
    numberCode((frame) => {
      const points = pointsOf(args, frame);
      return points === undefined ? Number.NaN : compute(points);
    }),
});

export const geoFunctions: readonly FunctionRow[] = [
  measure('area', 1, areaOf),
  measure('enclosed-area', 1, areaOf),
  measure('distance', Infinity, lengthOf),
  {
    name: 'geofence',
    least: 2,
    most: 2,
    compile: (args) =>
      truthCode((frame) => {
        const point = parsePoints(argument(args, 0).text(frame))?.[0];
        const shape = parsePoints(argument(args, 1).text(frame));
        return point !== undefined && shape !== undefined && isInside(point, shape);
      }),
  },
];

/** A place in degrees, WGS84. */
interface Point {
  readonly lat: number;
  readonly lon: number;
}

/** The radius in metres of the sphere that JavaRosa measures on: WGS84's equator, rounded. */
const earthRadius = 6_378_100;
const radians = Math.PI / 180;
const number = /^-?(?:\d+(?:\.\d*)?|\.\d+)$/;

/**
 * Reads `lat lon altitude accuracy` parted by semicolons (geopoint, geotrace, geoshape); none of ''.
 * Undefined if the text is something else.
 */
function parsePoints(text: string): readonly Point[] | undefined {
  const points: Point[] = [];
  for (const part of text.split(';').map((one) => one.trim())) {
    if (part === '') continue;
    const numbers = part.split(/\s+/);
    if (numbers.length < 2 || numbers.length > 4 || !numbers.every((one) => number.test(one))) {
      return undefined;
    }
    const [lat = Number.NaN, lon = Number.NaN] = numbers.map(Number);
    if (Math.abs(lat) > 90 || Math.abs(lon) > 180) return undefined;
    points.push({ lat, lon });
  }
  return points;
}

/** The length in metres of the way through the points, along great circles; altitude is left out. */
function lengthOf(points: readonly Point[]): number {
  let metres = 0;
  for (const [index, to] of points.entries()) {
    const from = points[index - 1];
    if (from !== undefined) metres += distanceBetween(from, to);
  }
  return metres;
}

/** The haversine, equal to JavaRosa's law of cosines but exact for points a few metres apart. */
function distanceBetween(a: Point, b: Point): number {
  const sinLat = Math.sin(((b.lat - a.lat) * radians) / 2);
  const sinLon = Math.sin(((b.lon - a.lon) * radians) / 2);
  const chord = sinLat ** 2 + Math.cos(a.lat * radians) * Math.cos(b.lat * radians) * sinLon ** 2;
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/**
 * The area in square metres within the points, as JavaRosa reckons it: on the plane through the
 * first point, degrees of longitude shrunk by the latitude of each point. 0 for fewer than three.
 */
function areaOf(points: readonly Point[]): number {
  const [origin, ...others] = points;
  if (origin === undefined || others.length < 2) return 0;
  const plane = others.map(({ lat, lon }) => ({
    x: (lon - origin.lon) * radians * earthRadius * Math.cos(lat * radians),
    y: (lat - origin.lat) * radians * earthRadius,
  }));
  let doubled = 0;
  for (const [index, to] of plane.entries()) {
    const from = plane[index - 1];
    if (from !== undefined) doubled += from.y * to.x - from.x * to.y;
  }
  return Math.abs(doubled) / 2;
}

/** Whether a ray from the point eastwards leaves the shape an odd number of times. */
function isInside(point: Point, shape: readonly Point[]): boolean {
  let inside = false;
  for (const [index, to] of shape.entries()) {
    const from = shape[index - 1];
    if (from === undefined || to.lat > point.lat === from.lat > point.lat) continue;
    const crossing = ((from.lon - to.lon) * (point.lat - to.lat)) / (from.lat - to.lat) + to.lon;
    if (point.lon < crossing) inside = !inside;
  }
  return inside;
}
