import { numberCode, textsOf, truthCode, type Code, type Frame } from '../code.ts';
import { areaOf, isInside, lengthOf, parsePoints, type Point } from '../geometry.ts';
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
