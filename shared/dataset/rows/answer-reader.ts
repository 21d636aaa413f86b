import type { FormModel, FormNode, Question } from '../../form/model.ts';
import { isJsonObject, own, type JsonObject, type JsonValue } from '../../json.ts';
import { exactly, type Generalisation } from './identifiers.ts';
import { pointToken } from './hierarchy.ts';
import { jsonText } from './cell-text.ts';
import { Instance } from './row-instance.ts';
import { fieldKey, type Field, type Scope } from './layout.ts';
import {
  coordinatesOf,
  levelOf,
  placesOf,
  placeSources,
  type Place,
  type PlaceSource,
} from '../../form/place.ts';
import { coarserOf } from './audience-view.ts';
import { shownOf } from '../../form/visibility.ts';
import { typeRow, type QuestionType } from '../../form/types/question-types.ts';

/** Reads one kind of node out of the answers of its scope. `stack` has those of the scopes above, too. */
type Step = (answers: JsonObject, into: Instance, stack: readonly JsonObject[]) => void;

/** Fills an instance with the cells of a record's answers. */
export type ReadAnswers = (answers: JsonObject, into: Instance) => void;

/** What reads answers that were given to this version of a form into cells of the dataset's layout. */
export function readerOf(
  model: FormModel,
  layout: Scope,
  generalisation: Generalisation = exactly,
): ReadAnswers {
  const steps = stepsOf(model.root.children, { model, generalisation }, layout);
  return (answers, into) => {
    const stack = [answers];
    for (const step of steps) step(answers, into, stack);
  };
}

interface Reading {
  readonly model: FormModel;
  readonly generalisation: Generalisation;
}

function stepsOf(nodes: readonly FormNode[], reading: Reading, scope: Scope): readonly Step[] {
  return nodes.flatMap((node): readonly Step[] => {
    if (node.kind === 'group')
      return [groupStep(node.name, stepsOf(node.children, reading, scope))];
    const key = node.path.slice(scope.path.length).join('/');
    if (node.kind === 'repeat') {
      const index = scope.repeats.findIndex(({ path }) => path.join('/') === node.path.join('/'));
      const repeat = scope.repeats[index];
      if (repeat === undefined) return [];
      return [repeatStep(node.name, index, repeat, stepsOf(node.children, reading, repeat))];
    }
    const field = scope.byKey.get(fieldKey(node, key));
    if (field === undefined) return [];
    return field.shape === 'point'
      ? [pointStep(node, field, reading)]
      : [...valueSteps(node, field, reading.model), ...coarseSteps(node, field, reading)];
  });
}

function groupStep(name: string, steps: readonly Step[]): Step {
  return (answers, into, stack) => {
    const group = own(answers, name);
    if (!isJsonObject(group)) return;
    for (const step of steps) step(group, into, stack);
  };
}

function repeatStep(name: string, index: number, scope: Scope, steps: readonly Step[]): Step {
  return (answers, into, stack) => {
    const rows = own(answers, name);
    if (!Array.isArray(rows)) return;
    const instances = into.repeats[index];
    for (const row of rows as readonly JsonValue[]) {
      if (!isJsonObject(row)) continue;
      const instance = new Instance(scope);
      const inner = [...stack, row];
      for (const step of steps) step(row, instance, inner);
      instances?.push(instance);
    }
  };
}

/** `own` for a fixed name: most need not ask whether a property is inherited. */
function getterOf(name: string): (answers: JsonObject) => JsonValue | undefined {
  if (name in Object.prototype) return (answers) => own(answers, name);
  return (answers) => answers[name];
}

function valueSteps(question: Question, field: Field, model: FormModel): readonly Step[] {
  const { name } = question;
  const { slot, geometry } = field;
  const get = getterOf(name);
  const read: Step = (answers, { values }) => {
    const value = get(answers);
    if (value !== undefined && value !== null) values[slot] = value;
  };
  if (geometry === undefined) return [read];
  return [read, question.list === undefined ? lineStep(question, geometry) : areaStep()];

  /** The form's place is a choice: the point of the area it names. */
  function areaStep(): Step {
    const places = choicePlaces(question, model);
    return (answers, into) => {
      const code = own(answers, name);
      const place = typeof code === 'string' ? places.get(code) : undefined;
      if (place === undefined || geometry === undefined) return;
      into.putJson(geometry.exact, pointGeometry(place.lat, place.lon));
      if (place.precision === undefined) return;
      into.putJson(geometry.precision, jsonText(place.precision));
    };
  }
}

function lineStep({ name, type }: Question, { exact }: { readonly exact: number }): Step {
  return (answers, into) => {
    const geometry = geometryOf(type, own(answers, name) ?? null);
    if (geometry !== undefined) into.putJson(exact, geometry);
  };
}

interface ChoicePlace {
  readonly lat: number;
  readonly lon: number;
  readonly precision: Place['precision'] | undefined;
}

/** Unlike for a point that must be made less exact, any coordinates of the choices will do. */
function choicePlaces(question: Question, model: FormModel): ReadonlyMap<string, ChoicePlace> {
  const places = new Map<string, ChoicePlace>(placesOf(question, model.lists, 'adm2'));
  const precision = levelOf(question);
  for (const { name, columns } of question.list?.choices ?? []) {
    const [lat, lon] = [columns.get('lat') ?? '', columns.get('lon') ?? ''];
    if (lat === '' || lon === '') continue;
    const point = { lat: Number(lat), lon: Number(lon) };
    if (Math.abs(point.lat) <= 90 && Math.abs(point.lon) <= 180) {
      places.set(name, { ...point, precision });
    }
  }
  return places;
}

/** What the public sees of an answer that could single someone out: as it is, and as coarse as it is published. */
function coarseSteps(
  question: Question,
  field: Field,
  { model, generalisation }: Reading,
): readonly Step[] {
  const { coarse, identity, slot, geometry } = field;
  const shown = shownOf(question, field.current, 'public');
  if (coarse === undefined || shown === 'hidden') return [];
  const level = generalisation.answers.get(field);
  const regions = model.lists.get('regions') ?? model.lists.get('region');
  return [
    (_, into) => {
      const token = into.answerText(slot);
      into.nested[identity] = token;
      if (level?.published !== 'coarse' || token === '') return;
      const text = level.text(token);
      if (text === '') return;
      into.nested[coarse.nested] = jsonText(text);
      into.values[coarse.slot] = text;
      const region = geometry === undefined ? undefined : regions?.byName.get(text);
      const capital = region === undefined ? undefined : coordinatesOf(region);
      if (geometry === undefined || capital === undefined) return;
      into.putJson(geometry.general, pointGeometry(capital.lat, capital.lon));
      into.putJson(geometry.coarsePrecision, jsonText('adm1'));
    },
  ];
}

function pointStep(question: Question, field: Field, { model, generalisation }: Reading): Step {
  const { name } = question;
  const { slot, nested, geometry, identity } = field;
  const shown = shownOf(question, field.current, 'public');
  const published = coarserOf(shown, generalisation.answers.get(field));
  const sourcesAt = (finest: Place['precision']): readonly PlaceSource[] =>
    field.general === undefined ? [] : placeSources(model, question, finest);
  const sources = { adm2: sourcesAt('adm2'), adm1: sourcesAt('adm1') };
  return (answers, into, stack) => {
    const point = own(answers, name);
    if (!isJsonObject(point)) return;
    const [lat, lon] = [own(point, 'lat'), own(point, 'lon')];
    if (typeof lat !== 'number' || typeof lon !== 'number') return;
    const cells = [lat, lon, own(point, 'altitude'), own(point, 'accuracy')];
    for (const [index, cell] of cells.entries()) {
      if (typeof cell === 'number') into.values[slot + index] = cell;
    }
    into.nested[nested] = JSON.stringify(point);
    if (geometry !== undefined) into.putJson(geometry.exact, pointGeometry(lat, lon));
    if (published === 'adm1' || published === 'adm2') {
      const place = firstPlace(sources[published], stack);
      if (place !== undefined) putPlace(place, field, into);
    }
    if (identity === 0) return;
    const [adm2, adm1] = [sources.adm2, sources.adm1].map((from) => firstPlace(from, stack));
    const exact = into.nested[nested] ?? '';
    into.nested[identity] = pointToken(
      { exact, adm2: placeText(adm2), adm1: placeText(adm1) },
      shown,
    );
  };
}

function placeText(place: Place | undefined): string {
  return place === undefined ? '' : `${place.lat} ${place.lon} ${place.precision}`;
}

function firstPlace(
  sources: readonly PlaceSource[],
  stack: readonly JsonObject[],
): Place | undefined {
  for (const { depth, path, places } of sources) {
    let value: JsonValue | undefined = stack[depth];
    for (const name of path) value = isJsonObject(value) ? own(value, name) : undefined;
    const place = typeof value === 'string' ? places.get(value) : undefined;
    if (place !== undefined) return place;
  }
  return undefined;
}

function putPlace({ lat, lon, precision }: Place, field: Field, into: Instance): void {
  const { general, geometry } = field;
  if (general === undefined) return;
  const { values, nested } = into;
  values[general.slot] = lat;
  values[general.slot + 1] = lon;
  values[general.slot + 2] = precision;
  nested[general.nested] = JSON.stringify({ lat, lon, precision });
  if (geometry === undefined) return;
  into.putJson(geometry.general, pointGeometry(lat, lon));
  into.putJson(geometry.precision, jsonText(precision));
}

type Position = readonly [longitude: number, latitude: number];

/** GeoJSON of a point (RFC 7946: longitude first), as text. */
export function pointGeometry(lat: number, lon: number): string {
  return `{"type":"Point","coordinates":[${lon},${lat}]}`;
}

/** GeoJSON of a geotrace (a line) or of a geoshape (an area), as text; undefined: no such answer. */
function geometryOf(type: QuestionType, value: JsonValue): string | undefined {
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
