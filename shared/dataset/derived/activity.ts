import type { Choice, FormModel, Question } from '../../form/model.ts';
import { isJsonObject, own, type JsonObject, type JsonValue } from '../../json.ts';
import { levelOf, placesOf, type Place } from '../../form/place.ts';
import type { TaggedForm, TaggedQuestion } from '../rows/hxl-tags.ts';

/** Who does what where: one row for each place of a record. Empty text: not said, or not to be seen. */
export interface Activity {
  readonly id: string;
  /** Under which name the organisation is grouped; `orgGiven`: as it was said. The same of the activity. */
  readonly orgName: string;
  readonly orgGiven: string;
  readonly orgAcronym: string;
  readonly orgType: string;
  readonly sector: string;
  readonly activity: string;
  readonly activityGiven: string;
  readonly status: string;
  readonly countryCode: string;
  readonly adm1Name: string;
  readonly adm1Code: string;
  readonly adm2Name: string;
  readonly adm2Code: string;
  readonly lat: number | undefined;
  readonly lon: number | undefined;
  /** How exact the coordinates are; undefined: as exact as they were given. */
  readonly precision: Place['precision'] | undefined;
  readonly start: string;
  readonly end: string;
  /** Codes of the sectors, for counting. */
  readonly sectorCodes: readonly string[];
  /** What questions tagged `#contact` say: for finding duplicates, never for a file. */
  readonly contacts: readonly string[];
}

type Texts = Omit<
  Activity,
  'id' | 'lat' | 'lon' | 'precision' | 'sectorCodes' | 'contacts' | 'orgGiven' | 'activityGiven'
>;

const unsaid: readonly string[] = ['id', 'sectorCodes', 'contacts'];

/** The activities that a record's visible answers describe. `id` is the record's id for the audience. */
export function activitiesOf(
  model: FormModel,
  form: TaggedForm,
  answers: JsonObject,
  id: string,
): readonly Activity[] {
  return form.scopes
    .flatMap(({ repeats, questions }) =>
      stacksOf(answers, repeats, id).map(({ stack, id: rowId }) =>
        activityOf(model, questions, stack, rowId),
      ),
    )
    .filter(tellsAnything);
}

/** An audience that sees no answer does not learn that there is a record, either. */
function tellsAnything(activity: Activity): boolean {
  return Object.entries(activity).some(
    ([name, value]) => !unsaid.includes(name) && value !== '' && value !== undefined,
  );
}

interface Stack {
  readonly id: string;
  /** The answers of the record, and of the repeats' rows around the place. */
  readonly stack: readonly JsonObject[];
}

function stacksOf(
  answers: JsonObject,
  repeats: readonly (readonly string[])[],
  id: string,
): readonly Stack[] {
  let stacks: readonly Stack[] = [{ id, stack: [answers] }];
  for (const path of repeats) {
    stacks = stacks.flatMap(({ id: outer, stack }) => {
      const rows = valueAt(stack.at(-1), path);
      if (!Array.isArray(rows)) return [];
      return (rows as readonly JsonValue[]).flatMap((row, index): Stack[] =>
        isJsonObject(row) ? [{ id: `${outer}/${index + 1}`, stack: [...stack, row] }] : [],
      );
    });
  }
  return stacks;
}

function valueAt(from: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let value = from;
  for (const name of path) value = isJsonObject(value) ? own(value, name) : undefined;
  return value;
}

function activityOf(
  model: FormModel,
  questions: readonly TaggedQuestion[],
  stack: readonly JsonObject[],
  id: string,
): Activity {
  const texts: Record<keyof Texts, string> = {
    orgName: '',
    orgAcronym: '',
    orgType: '',
    sector: '',
    activity: '',
    status: '',
    countryCode: '',
    adm1Name: '',
    adm1Code: '',
    adm2Name: '',
    adm2Code: '',
    start: '',
    end: '',
  };
  let sectorCodes: readonly string[] = [];
  const contacts: string[] = [];
  let point: Pick<Activity, 'lat' | 'lon' | 'precision'> | undefined;
  const capitals: Place[] = [];
  for (const tagged of questions) {
    const value = valueAt(stack[tagged.depth], tagged.path);
    if (value === undefined || value === null || value === '') continue;
    const { question, tag } = tagged;
    for (const [column, text] of cellsOf(question, tagged, value)) {
      if (texts[column] === '') texts[column] = text;
    }
    if (tag.base === 'sector' && sectorCodes.length === 0) sectorCodes = codesOf(value);
    if (tag.base === 'contact') contacts.push(...codesOf(value));
    if (tag.base === 'geo') point ??= pointOf(value);
    if (levelOf(question) !== undefined && typeof value === 'string') {
      const place = placesOf(question, model.lists, 'adm2').get(value);
      if (place !== undefined) capitals.push(place);
    }
  }
  const capital = capitals.find(({ precision }) => precision === 'adm2') ?? capitals[0];
  const { lat, lon, precision } = point ?? capital ?? {};
  const given = { orgGiven: texts.orgName, activityGiven: texts.activity };
  return { id, ...texts, ...given, lat, lon, precision, sectorCodes, contacts };
}

/** A point as it is shown: with `precision` if it was made less exact. */
function pointOf(value: JsonValue): Pick<Activity, 'lat' | 'lon' | 'precision'> | undefined {
  if (!isJsonObject(value)) return undefined;
  const [lat, lon, precision] = ['lat', 'lon', 'precision'].map((name) => own(value, name));
  if (typeof lat !== 'number' || typeof lon !== 'number') return undefined;
  return {
    lat,
    lon,
    precision: precision === 'adm1' || precision === 'adm2' ? precision : undefined,
  };
}

function cellsOf(
  question: Question,
  { tag: { base, attributes } }: TaggedQuestion,
  value: JsonValue,
): readonly (readonly [keyof Texts, string])[] {
  const label = labelsOf(question, value);
  switch (base) {
    case 'org':
      if (attributes.has('acronym')) return [['orgAcronym', label]];
      return [[attributes.has('type') ? 'orgType' : 'orgName', label]];
    case 'sector':
    case 'activity':
    case 'status':
      return [[base, label]];
    case 'country':
      return attributes.has('name') ? [] : [['countryCode', codesOf(value).join('|')]];
    case 'adm1':
    case 'adm2': {
      if (question.list === undefined) {
        return [[attributes.has('code') ? `${base}Code` : `${base}Name`, label]];
      }
      return [
        [`${base}Code`, codesOf(value).join('|')],
        [`${base}Name`, label],
      ];
    }
    case 'date':
      return [[attributes.has('end') ? 'end' : 'start', label]];
    default:
      return [];
  }
}

function codesOf(value: JsonValue): readonly string[] {
  const values = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  return values.flatMap((item) =>
    typeof item === 'string' || typeof item === 'number' ? [String(item)] : [],
  );
}

/** What people read: the French label of a choice, else its first one; several parted by `|`. */
function labelsOf({ list }: Question, value: JsonValue): string {
  return codesOf(value)
    .map((code) => labelOf(list?.byName.get(code)) ?? code)
    .join('|');
}

function labelOf(choice: Choice | undefined): string | undefined {
  return choice?.label.get('fr') ?? choice?.label.values().next().value;
}
