import type { FormModel, FormNode, Question } from '../form/model.ts';
import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.ts';
import { csvField, csvText, flatText, isPlainText, jsonText } from './cell-text.ts';
import { geometryOf, pointGeometry } from './geometry.ts';
import { Instance } from './instance.ts';
import { fieldKey, type Field, type Scope } from './layout.ts';
import { levelOf, placesOf, placeSources, type Place, type PlaceSource } from './place.ts';
import { shownOf } from './visibility.ts';

/** Reads one kind of node out of the answers of its scope. `stack` has those of the scopes above, too. */
type Step = (answers: JsonObject, into: Instance, stack: readonly JsonObject[]) => void;

/** Fills an instance with the cells of a record's answers. */
export type ReadAnswers = (answers: JsonObject, into: Instance) => void;

const neverFormula: ReadonlySet<Question['type']> = new Set([
  'date',
  'time',
  'dateTime',
  'start',
  'end',
  'today',
]);

/** What reads answers that were given to this version of a form into cells of the dataset's layout. */
export function readerOf(model: FormModel, layout: Scope): ReadAnswers {
  const steps = stepsOf(model.root.children, model, layout);
  return (answers, into) => {
    const stack = [answers];
    for (const step of steps) step(answers, into, stack);
  };
}

function stepsOf(nodes: readonly FormNode[], model: FormModel, scope: Scope): readonly Step[] {
  return nodes.flatMap((node): readonly Step[] => {
    if (node.kind === 'group') return [groupStep(node.name, stepsOf(node.children, model, scope))];
    const key = node.path.slice(scope.path.length).join('/');
    if (node.kind === 'repeat') {
      const index = scope.repeats.findIndex(({ path }) => path.join('/') === node.path.join('/'));
      const repeat = scope.repeats[index];
      if (repeat === undefined) return [];
      return [repeatStep(node.name, index, repeat, stepsOf(node.children, model, repeat))];
    }
    const field = scope.byKey.get(fieldKey(node, key));
    if (field === undefined) return [];
    return field.shape === 'point'
      ? [pointStep(node, field, model)]
      : valueSteps(node, field, model);
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
  const { slot, nested, geometry } = field;
  const asText = neverFormula.has(question.type) ? csvField : csvText;
  const get = getterOf(name);
  const read: Step = (answers, { csv, json, values, nested: answered }) => {
    const value = get(answers);
    if (value === undefined || value === null) return;
    values[slot] = value;
    if (typeof value === 'string') {
      if (isPlainText(value)) {
        csv[slot] = value;
        answered[nested] = json[slot] = `"${value}"`;
      } else {
        csv[slot] = asText(value);
        answered[nested] = json[slot] = jsonText(value);
      }
    } else if (typeof value === 'number' || typeof value === 'boolean') {
      answered[nested] = json[slot] = csv[slot] = String(value);
    } else {
      const flat = flatText(value);
      csv[slot] = csvText(flat);
      json[slot] = jsonText(flat);
      answered[nested] = JSON.stringify(value);
    }
  };
  if (geometry === undefined) return [read];
  return [read, question.list === undefined ? lineStep(question, geometry) : areaStep()];

  /** The form's place is a choice: the point of the area it names. */
  function areaStep(): Step {
    const places = choicePlaces(question, model);
    return (answers, { json }) => {
      const code = own(answers, name);
      const place = typeof code === 'string' ? places.get(code) : undefined;
      if (place === undefined || geometry === undefined) return;
      json[geometry.exact] = pointGeometry(place.lat, place.lon);
      if (place.precision !== undefined) json[geometry.precision] = jsonText(place.precision);
    };
  }
}

function lineStep({ name, type }: Question, { exact }: { readonly exact: number }): Step {
  return (answers, { json }) => {
    json[exact] = geometryOf(type, own(answers, name) ?? null) ?? '';
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

function pointStep(question: Question, field: Field, model: FormModel): Step {
  const { name } = question;
  const { slot, nested, geometry } = field;
  const shown = shownOf(question, field.current, 'public');
  const finest = shown === 'adm1' || shown === 'adm2' ? shown : undefined;
  const sources = finest === undefined ? [] : placeSources(model, question, finest);
  return (answers, into, stack) => {
    const point = own(answers, name);
    if (!isJsonObject(point)) return;
    const [lat, lon] = [own(point, 'lat'), own(point, 'lon')];
    if (typeof lat !== 'number' || typeof lon !== 'number') return;
    const cells = [lat, lon, own(point, 'altitude'), own(point, 'accuracy')];
    for (const [index, cell] of cells.entries()) {
      if (typeof cell === 'number') putCell(into, slot + index, cell);
    }
    into.nested[nested] = JSON.stringify(point);
    if (geometry !== undefined) into.json[geometry.exact] = pointGeometry(lat, lon);
    const place = field.general === undefined ? undefined : firstPlace(sources, stack);
    if (place !== undefined) putPlace(place, field, into);
  };
}

function putCell({ csv, json, values }: Instance, slot: number, value: number): void {
  csv[slot] = json[slot] = String(value);
  values[slot] = value;
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
  const { csv, json, values, nested } = into;
  putCell(into, general.slot, lat);
  putCell(into, general.slot + 1, lon);
  csv[general.slot + 2] = values[general.slot + 2] = precision;
  json[general.slot + 2] = jsonText(precision);
  nested[general.nested] = JSON.stringify({ lat, lon, precision });
  if (geometry === undefined) return;
  json[geometry.general] = pointGeometry(lat, lon);
  json[geometry.precision] = jsonText(precision);
}
