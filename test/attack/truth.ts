import type { FormDefinition } from '../../shared/form/definition.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { askedQuestions, cell, marks, saysYes, type AskedQuestion } from './asked-questions.ts';
import type { AskedForm, Truth } from './attack-view.ts';

/** A record as it stands at a compile. */
export interface Standing {
  readonly formId: string;
  readonly marker: string;
  readonly version: string;
  readonly state: string;
  readonly answers: JsonObject;
  /** A coordinator has accepted these answers: they were not accepted on arrival. */
  readonly reviewed: boolean;
  /** Consent was refused, and not given since. */
  readonly refused: boolean;
  /** Everything that was ever sent, this included. */
  readonly sent: readonly JsonObject[];
}

/** Answers that are one of a kind: words, whole numbers and decimals of degrees. */
const canary = /zq[a-z]{12}|(?<![\d.])7319\d{8}(?![\d])/g;

export function canariesIn(text: string): readonly string[] {
  return text.match(canary) ?? [];
}

/** The text with other words in the place of its canaries. */
export function replaceCanaries(text: string, by: (found: string) => string): string {
  return text.replaceAll(canary, by);
}

type Reader = 'public' | 'members' | 'nobody';
const readers: readonly Reader[] = ['nobody', 'members', 'public'];
const narrower = (one: Reader, other: Reader): Reader =>
  readers[Math.min(readers.indexOf(one), readers.indexOf(other))] ?? 'nobody';

/** What docs/privacy.md promises of these records. */
export function truthOf(forms: readonly AskedForm[], standings: readonly Standing[]): Truth {
  const published = new Map<string, Set<string>>();
  const accepted = new Map<string, Set<string>>();
  const canaries = new Map<string, Reader>();
  for (const { formId } of forms) {
    published.set(formId, new Set());
    accepted.set(formId, new Set());
  }
  for (const standing of standings) {
    const versions = forms.find(({ formId }) => formId === standing.formId)?.versions ?? [];
    const reader = readerOf(versions, standing);
    if (reader === 'public') published.get(standing.formId)?.add(standing.marker);
    if (reader !== 'nobody') accepted.get(standing.formId)?.add(standing.marker);
    for (const sent of standing.sent) {
      for (const found of canariesIn(JSON.stringify(sent))) canaries.set(found, 'nobody');
    }
    for (const [path, value] of leavesOf(standing.answers)) {
      const may = narrower(reader, questionReader(versions, standing.version, path));
      for (const found of canariesIn(JSON.stringify(value))) {
        // A computed answer may repeat another one: the widest counts.
        const known = canaries.get(found) ?? 'nobody';
        canaries.set(found, narrower(known, may) === known ? may : known);
      }
    }
  }
  return { published, accepted, canaries };
}

/** Who may read anything at all of a record. */
function readerOf(versions: readonly FormDefinition[], standing: Standing): Reader {
  if (standing.state !== 'accepted') return 'nobody';
  const deciding = [versionOf(versions, standing.version), versions.at(-1)];
  const unread =
    !standing.reviewed && deciding.some((version) => cell(version?.settings, 'review') !== 'none');
  const consented = deciding.every((version) => {
    const question = cell(version?.settings, 'consent');
    return question === '' || standing.answers[question] === 'yes';
  });
  return unread || standing.refused || !consented ? 'members' : 'public';
}

function versionOf(versions: readonly FormDefinition[], name: string): FormDefinition | undefined {
  return versions.find(({ settings }) => cell(settings, 'version') === name);
}

const words: ReadonlySet<string> = new Set([
  'text',
  'barcode',
  'hidden',
  'deviceid',
  'username',
  'phonenumber',
  'email',
  'image',
  'audio',
  'video',
  'file',
  'audit',
  'background-audio',
]);
const onTheGround: ReadonlySet<string> = new Set([
  'geopoint',
  'geotrace',
  'geoshape',
  'start-geopoint',
]);

/** Who may read an answer as it was given, by the stricter of its own version and the newest. */
function questionReader(versions: readonly FormDefinition[], own: string, path: string): Reader {
  const marked = marks(versions);
  return [versionOf(versions, own), versions.at(-1)].reduce<Reader>((reader, version) => {
    const question = version && askedIn(version).get(path);
    return narrower(reader, question === undefined ? 'nobody' : openTo(question, marked));
  }, 'public');
}

function openTo({ row, type }: AskedQuestion, marked: boolean): Reader {
  const visibility = cell(row, 'visibility');
  if (visibility === 'members') return 'members';
  if (visibility !== 'public') return 'nobody';
  if (saysYes(row, 'quasi_identifier')) return 'members';
  if (words.has(type) && !saysYes(row, 'review_text')) return 'members';
  if (!onTheGround.has(type)) return 'public';
  return !marked && cell(row, 'precision') === 'exact' ? 'public' : 'members';
}

const read = new WeakMap<FormDefinition, ReadonlyMap<string, AskedQuestion>>();

function askedIn(version: FormDefinition): ReadonlyMap<string, AskedQuestion> {
  const known = read.get(version);
  if (known !== undefined) return known;
  const asked = new Map(askedQuestions(version).map((question) => [question.path, question]));
  read.set(version, asked);
  return asked;
}

/** Answers by the path of their question. Points, files and lists of codes are answers. */
function* leavesOf(value: JsonValue, path = ''): Generator<readonly [string, JsonValue]> {
  if (isArray(value) && value.every((item) => isJsonObject(item) && !('lat' in item))) {
    for (const row of value) yield* leavesOf(row, path);
  } else if (isJsonObject(value) && !('lat' in value) && !('file' in value)) {
    for (const [name, inner] of Object.entries(value)) {
      yield* leavesOf(inner, path === '' ? name : `${path}/${name}`);
    }
  } else {
    yield [path, value];
  }
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
