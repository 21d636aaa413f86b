import type { FormRow, FormRows } from '../rows/form-rows.ts';
import { shownOf } from '../../form/visibility.ts';
import { QuasiIdentifiers, type Levels } from './quasi-identifiers.ts';
import {
  type Disclosed,
  type DisclosedHead,
  DisclosedReader,
  disclosedFileName,
} from './disclosed-file.ts';
import { exactly, type Generalisation } from '../rows/identifiers.ts';
import type { Risk } from '../versions/disclosure-risk.ts';
import { identifyingPaths } from '../../form/compile/identifying.ts';
import type { FormModel, Audience } from '../../form/model.ts';
import { readDatasetPointer } from '../versions/dataset-pointer.ts';
import type { CompileDeps } from '../compile-deps.ts';
import { versionFileKey } from '../versions/version-manifest.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts';
import { nestedAnswers } from '../rows/row-instance.ts';

/** What was decided of a record, and what is to be kept of it for the next version. */
export interface Decision {
  /** The public files have it. */
  readonly isPublished: boolean;
  readonly disclosed: Disclosed | undefined;
}

/** Decides on one record. What the public has seen of it before is ready. */
type Decide = (row: FormRow, before: Disclosed | undefined) => Decision;

/** After every public id. */
const afterAll = '\uffff';

/** Which records a version publishes of a form that marks quasi-identifiers, and how coarse. */
export class Disclosure {
  readonly head: DisclosedHead;
  /** To be passed to FormRows.generalise. */
  readonly generalisation: Generalisation;
  readonly risk: Risk | undefined;
  readonly #before: DisclosedReader | undefined;
  /** What was seen of records that no one has asked for yet, in order. */
  #held: Disclosed[] = [];
  readonly #decide: Decide;

  constructor(
    head: DisclosedHead,
    generalisation: Generalisation,
    risk: Risk | undefined,
    before: DisclosedReader | undefined,
    decide: Decide,
  ) {
    this.head = head;
    this.generalisation = generalisation;
    this.risk = risk;
    this.#before = before;
    this.#decide = decide;
  }

  /** To be awaited before the records up to `id` are decided on: see FormRows.batches. */
  readonly ahead = async (id: string): Promise<void> => {
    await this.#before?.upTo(id);
    this.#held = [...(this.#before?.held() ?? [])];
  };

  /**
   * What is to be kept of records that the public has seen and that are there no more, before the record
   * `id`: should one be brought back, it is like no other, for its coming and going was seen.
   */
  *goneBefore(id: string): Generator<Disclosed> {
    for (let next = this.#held[0]; next !== undefined; next = this.#held[0]) {
      if (next.id >= id) return;
      this.#held.shift();
      yield { id: next.id, isPublished: false, name: '', content: '', history: `gone ${next.id}` };
    }
  }

  /** The same after the last record. */
  async *goneAtLast(): AsyncGenerator<Disclosed> {
    yield* this.goneBefore(afterAll);
    await this.ahead(afterAll);
    yield* this.goneBefore(afterAll);
  }

  /** To be awaited before `ahead`, when records up to `id` were decided on elsewhere. */
  async skip(id: string): Promise<void> {
    await this.#before?.skip(id);
  }

  async close(): Promise<void> {
    await this.#before?.close();
  }

  decide(row: FormRow): Decision {
    if (this.#held[0]?.id === row.row.id) this.#held.shift();
    return this.#decide(row, this.#before?.of(row.row.id));
  }
}

/** Decides as the file of a version says: for that version itself, and for what is made from it. */
export function asDisclosed(
  quasiIdentifiers: QuasiIdentifiers,
  reader: DisclosedReader,
  risk: Risk | undefined,
): Disclosure {
  const { head } = reader;
  const levels = levelsOf(quasiIdentifiers, head.levels);
  const generalisation = levels === undefined ? exactly : quasiIdentifiers.generalisation(levels);
  return new Disclosure(head, generalisation, risk, reader, (row, disclosed) => ({
    isPublished:
      row.seenBy.public &&
      levels !== undefined &&
      disclosed?.isPublished === true &&
      disclosed.content === quasiIdentifiers.contentOf(row) &&
      disclosed.name === quasiIdentifiers.nameOf(quasiIdentifiers.of(row, levels), levels),
    disclosed,
  }));
}

/** Publishes nobody, and keeps what was seen before: `gone` is what becomes of who was published. */
export function takenDown(
  head: DisclosedHead,
  reader: DisclosedReader | undefined,
  risk: Risk | undefined,
  gone: (before: Disclosed, row: FormRow) => Disclosed = (before) => ({
    ...before,
    isPublished: false,
  }),
): Disclosure {
  return new Disclosure({ ...head, files: 'none' }, exactly, risk, reader, (row, disclosed) => ({
    isPublished: false,
    disclosed: disclosed === undefined ? undefined : gone(disclosed, row),
  }));
}

export function namedLevels(
  { identifiers }: QuasiIdentifiers,
  levels: Levels,
): DisclosedHead['levels'] {
  return identifiers.map(({ name }, index) => [name, levels[index] ?? 0]);
}

/** Undefined: they are levels of other questions. */
export function levelsOf(
  { identifiers }: QuasiIdentifiers,
  named: DisclosedHead['levels'],
): Levels | undefined {
  if (named.length !== identifiers.length) return undefined;
  const fits = identifiers.every(({ name, hierarchy }, index) => {
    const [other, level] = named[index] ?? ['', Infinity];
    return other === name && level < hierarchy.length;
  });
  return fits ? named.map(([, level]) => level) : undefined;
}

/** What the public sees of each question in each version, and of the records: what it does not is left out. */
export function shownIn({ plans, newest, formId }: FormRows): DisclosedHead['shown'] {
  const current = new Map(newest.questions.map((question) => [question.path.join('/'), question]));
  const shown: Record<string, string> = {
    [`${formId}/`]: newest.settings.publicMetadata.join(' '),
  };
  for (const { model } of plans) {
    const { version, settings, questions } = model;
    shown[`${version}//`] = settings.publicMetadata.join(' ');
    for (const question of questions) {
      const path = question.path.join('/');
      const what = shownOf(question, current.get(path), 'public');
      if (what !== 'hidden' && question.type !== 'note') shown[`${version}/${path}`] = what;
    }
  }
  return shown;
}

/**
 * Whom the current version of a form's own dataset publishes: what other datasets are made from may
 * show no more. Generalises the rows that come after. Undefined: the form marks no quasi-identifier.
 */
export async function followDisclosure(
  { registry, objects }: Pick<CompileDeps, 'registry' | 'objects'>,
  rows: FormRows,
): Promise<Disclosure | undefined> {
  if (rows.identifiers.length === 0) return undefined;
  const quasiIdentifiers = new QuasiIdentifiers(rows.identifiers, rows.sensitives);
  const pointer = await readDatasetPointer(registry, rows.formId);
  const key =
    pointer === undefined
      ? undefined
      : versionFileKey(rows.formId, pointer.version, 'internal', disclosedFileName);
  const reader = await DisclosedReader.open(key === undefined ? undefined : await objects.get(key));
  const shown = shownIn(rows);
  const nothing: DisclosedHead = { levels: [], inputs: '', shown, files: 'none' };
  const disclosure =
    reader === undefined
      ? takenDown(nothing, undefined, undefined)
      : asDisclosed(quasiIdentifiers, reader, undefined);
  rows.generalise(disclosure.generalisation);
  return disclosure;
}

/** What datasets made from these forms depend on beside their segments: whom their own datasets publish. */
export async function disclosedVersions(
  registry: CompileDeps['registry'],
  forms: readonly { readonly formId: string; readonly models: readonly FormModel[] }[],
): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const { formId, models } of forms) {
    if (!marksIdentifiers(models)) continue;
    versions[formId] = (await readDatasetPointer(registry, formId))?.version ?? '';
  }
  return versions;
}

export function marksIdentifiers(models: readonly FormModel[]): boolean {
  return identifyingPaths(models).size > 0;
}

/**
 * The answers of a record as an audience sees them: hidden questions are not there, places are as
 * exact as they may be. What derived datasets are made from, so that they show no more than the
 * form's own dataset. Undefined: the audience does not see the record.
 */
export function visibleAnswers(
  row: FormRow,
  audience: Audience,
  disclosure: Disclosure | undefined,
): JsonObject | undefined {
  if (!row.seenBy[audience]) return undefined;
  if (audience === 'public' && disclosure?.decide(row).isPublished === false) return undefined;
  const answers = parse(nestedAnswers(row.plan.views[audience].members, row.instance));
  return isJsonObject(answers) ? answers : undefined;
}

function parse(text: string): JsonValue {
  const value: JsonValue = JSON.parse(text) as JsonValue;
  return value;
}
