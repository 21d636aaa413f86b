import type { Choice, ChoiceList, FormModel, Question } from './model.ts';
import { typeRow } from './types/question-types.ts';

/** A point that stands for an area, in degrees WGS84, and for which kind of area it stands. */
export interface Place {
  readonly lat: number;
  readonly lon: number;
  readonly precision: 'adm1' | 'adm2';
}

type Level = Place['precision'];

const regionColumns = ['regions', 'region'] as const;

/**
 * Which administrative level the choices of a question name: by its HXL tag, else by its list's
 * name. Coordinates alone prove nothing: a list of sites has exact ones.
 */
export function levelOf({ hxl, list }: Question): Level | undefined {
  const tag = /^#(adm[12])\b/.exec(hxl ?? '')?.[1];
  if (tag === 'adm1' || tag === 'adm2') return tag;
  if (/^(r[eé]gions?|adm1)$/i.test(list?.name ?? '')) return 'adm1';
  if (/^(d[eé]partements?|adm2)$/i.test(list?.name ?? '')) return 'adm2';
  return undefined;
}

/** The coordinates in a choice's columns `lat` and `lon`; undefined: it has none, or no valid ones. */
export function coordinatesOf(choice: Choice): { lat: number; lon: number } | undefined {
  const [lat, lon] = [numberIn(choice, 'lat'), numberIn(choice, 'lon')];
  if (lat === undefined || lon === undefined) return undefined;
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : undefined;
}

function numberIn(choice: Choice, column: string): number | undefined {
  const text = choice.columns.get(column)?.trim() ?? '';
  const value = Number(text);
  return text === '' || !Number.isFinite(value) ? undefined : value;
}

/** The choice of the region that a choice's column `regions` (or `region`) names. */
function regionOf(choice: Choice, lists: FormModel['lists']): Choice | undefined {
  for (const column of regionColumns) {
    const code = choice.columns.get(column);
    const list: ChoiceList | undefined = lists.get('regions') ?? lists.get(column);
    const region = code === undefined ? undefined : list?.byName.get(code);
    if (region !== undefined) return region;
  }
  return undefined;
}

/**
 * For each choice of a select question the point that may stand for it at `finest` precision: the
 * choice's own coordinates if it is of that level or wider, else its region's. Choices without
 * either are left out.
 */
export function placesOf(
  question: Question,
  lists: FormModel['lists'],
  finest: Level,
): ReadonlyMap<string, Place> {
  const level = levelOf(question);
  const places = new Map<string, Place>();
  for (const choice of question.list?.choices ?? []) {
    const fits = level === 'adm1' || (level === 'adm2' && finest === 'adm2');
    const point = fits ? coordinatesOf(choice) : undefined;
    const region = regionOf(choice, lists);
    const capital = region === undefined ? undefined : coordinatesOf(region);
    if (point !== undefined && level !== undefined) {
      places.set(choice.name, { ...point, precision: level });
    } else if (capital !== undefined) {
      places.set(choice.name, { ...capital, precision: 'adm1' });
    }
  }
  return places;
}

/** A select question whose answer tells where a point of the same scope may be moved to. */
export interface PlaceSource {
  readonly question: Question;
  /** How many repeats the question stands in: index of its scope's answers. */
  readonly depth: number;
  /** Names from that scope's answers to the answer. */
  readonly path: readonly string[];
  readonly places: ReadonlyMap<string, Place>;
}

/**
 * The select questions that can stand in for a point, best first: those in the same repeat before
 * those above it, those that share more of its groups before others, and of two in the same group
 * the one of the level asked for.
 */
export function placeSources(
  model: FormModel,
  point: Question,
  finest: Level,
): readonly PlaceSource[] {
  const enclosing = repeatPathsOf(point);
  const sources = model.questions.flatMap((question): PlaceSource[] => {
    if (typeRow(question.type).choices !== 'one') return [];
    const own = repeatPathsOf(question);
    if (own.length > enclosing.length) return [];
    if (own.some((path, index) => path !== enclosing[index])) return [];
    const places = placesOf(question, model.lists, finest);
    if (places.size === 0) return [];
    const start = question.repeat?.path.length ?? 0;
    return [{ question, depth: own.length, path: question.path.slice(start), places }];
  });
  const rank = ({ question, depth }: PlaceSource): number =>
    depth * 10_000 +
    sharedGroups(question, point) * 10 +
    (levelOf(question) === finest ? 2 : levelOf(question) === 'adm1' ? 1 : 0);
  return sources.sort((one, other) => rank(other) - rank(one));
}

/** Paths of the repeats around a question, outermost first. */
export function repeatPathsOf({ repeat }: Pick<Question, 'repeat'>): readonly string[] {
  if (repeat === undefined) return [];
  return [...repeatPathsOf(repeat), repeat.path.join('/')];
}

function sharedGroups(one: Question, other: Question): number {
  let shared = 0;
  while (shared < one.path.length - 1 && one.path[shared] === other.path[shared]) shared += 1;
  return shared;
}
