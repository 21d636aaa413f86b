import { consentOf, saysYes, type ConsentPath } from '../../form/validate/consent.ts';
import { audiences, type Audience, type FormModel } from '../../form/model.ts';
import { isJsonObject } from '../../json.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { cleaned, csvText, jsonText, mayNeedCleaning } from './cell-text.ts';
import {
  exactly,
  type Generalisation,
  identifiersOf,
  sensitivesOf,
  type Identifier,
  type Sensitive,
} from './identifiers.ts';
import { Instance } from './row-instance.ts';
import { layoutOf, type Scope } from './layout.ts';
import { mergedLines, idOfLine, type SegmentRow, SegmentError } from '../segments/segment-file.ts';
import { readerOf, type ReadAnswers } from './answer-reader.ts';
import { Selections, viewOf, type View } from './audience-view.ts';
import { shownOf } from '../../form/visibility.ts';
import type { FormRecord } from '../../form/library/form-record.ts';
import type { CompileDeps } from '../compile-deps.ts';
import {
  isReadable,
  readSegmentPointers,
  type SegmentPointer,
} from '../segments/segment-pointer.ts';
import { hash } from 'node:crypto';

/** A form whose shards have all been collected at least once. */
export interface FormInput {
  readonly form: FormRecord;
  readonly segments: readonly SegmentPointer[];
}

/**
 * Undefined: the form was never published, or a shard was never collected. Throws SegmentError when a
 * shard was last collected by an earlier release or with another key: what is published stays.
 */
export async function readFormInput(
  { registry, keys }: Pick<CompileDeps, 'registry' | 'keys'>,
  form: FormRecord | undefined,
): Promise<FormInput | undefined> {
  if (form === undefined || form.versions.length === 0) return undefined;
  const found = await readSegmentPointers(registry, form.formId, form.shards);
  const segments = found.filter((segment) => segment !== undefined);
  if (segments.length !== found.length) return undefined;
  const stale = segments.find((segment) => !isReadable(segment, keys));
  if (stale !== undefined) {
    throw new SegmentError(`Segment ${stale.key} has to be collected anew before it can be read.`);
  }
  return { form, segments };
}

/** The models of all versions of a form, newest first. */
export async function modelsOf(
  deps: Pick<CompileDeps, 'forms'>,
  form: FormRecord,
): Promise<readonly FormModel[]> {
  const models: FormModel[] = [];
  for (const { version } of form.versions.toReversed()) {
    models.push(await deps.forms.modelOf(form, version));
  }
  return models;
}

/** The name of a version, ready for CSV and JSON. */
export interface VersionTexts {
  readonly csv: string;
  readonly json: string;
}

/** What is known of one version of a form before the first row is read. */
interface VersionPlan {
  readonly model: FormModel;
  readonly texts: VersionTexts;
  readonly read: ReadAnswers;
  readonly views: Readonly<Record<Audience, View>>;
  /** What the public may see beside quasi-identifiers, however coarse these are. */
  readonly withoutIdentifiers: View;
  /** The higher one of this version's k and the newest one's. */
  readonly k: number;
  /** Stands for which questions of it are public. */
  readonly publicLayout: string;
  readonly consents: readonly ConsentPath[];
  /** This version or the newest one asks for a coordinator's review of what is published. */
  readonly needsReview: boolean;
}

/** One live record, ready for every writer. The same object is used for the next record. */
export interface FormRow {
  readonly row: SegmentRow;
  /** The answers' JSON as it was stored. */
  readonly answersText: string;
  readonly instance: Instance;
  readonly plan: VersionPlan;
  readonly seenBy: Readonly<Record<Audience, boolean>>;
  /** Why the public does not see it, if it does not. */
  readonly notPublic: 'not-accepted' | 'no-consent' | undefined;
}

/** The id of a record for an audience: the instanceId is between its organisation and the coordinator. */
export function idFor(audience: Audience, { id, instanceId }: SegmentRow): string {
  return audience === 'coordinator' ? instanceId : id;
}

/** A form's rows as cells: made once a publish, from all its versions and segments. */
export class FormRows {
  readonly formId: string;
  readonly newest: FormModel;
  readonly layout: Scope;
  /** What could single someone out, of what the public sees. */
  readonly identifiers: readonly Identifier[];
  readonly sensitives: readonly Sensitive[];
  readonly selections = new Selections();
  readonly #objects: ObjectStore;
  readonly #input: FormInput;
  readonly #models: readonly FormModel[];
  #generalisation = exactly;
  #plans: ReadonlyMap<string, VersionPlan>;

  /** `models` are those of all versions, newest first: at least one. */
  constructor(objects: ObjectStore, input: FormInput, models: readonly FormModel[]) {
    const [newest] = models;
    if (newest === undefined) throw new TypeError('A form without versions has no rows.');
    this.#objects = objects;
    this.#input = input;
    this.formId = input.form.formId;
    this.newest = newest;
    this.layout = layoutOf(models);
    this.identifiers = identifiersOf(this.layout, models);
    this.sensitives = sensitivesOf(this.layout, models, this.identifiers);
    this.#models = models;
    this.#plans = this.#planAll();
  }

  /** Fingerprint of the keyring that the public ids were made with. */
  get keys(): string | undefined {
    return this.#input.segments[0]?.keys;
  }

  /** How coarse the public sees quasi-identifiers: as they are, unless `generalise` was called. */
  get generalisation(): Generalisation {
    return this.#generalisation;
  }

  /** Makes answers coarser for the public, in the rows to come. Plans are other ones from here on. */
  generalise(generalisation: Generalisation): void {
    this.#generalisation = generalisation;
    this.#plans = this.#planAll();
  }

  #planAll(): ReadonlyMap<string, VersionPlan> {
    return new Map(this.#models.map((model) => [model.version, this.#planOf(model)]));
  }

  get plans(): readonly VersionPlan[] {
    return [...this.#plans.values()];
  }

  /**
   * Every live record in the order of public ids, in batches. What is yielded is good until the
   * next record is asked for. `ahead` is awaited before each batch with the last id in it; `after`:
   * only records of greater ids.
   * Throws SegmentError at the end if a segment was damaged.
   */
  async *batches(
    ahead?: (lastId: string) => Promise<void>,
    after?: string,
  ): AsyncGenerator<Iterable<FormRow>> {
    const instance = new Instance(this.layout);
    for await (const lines of mergedLines(this.#objects, this.#input.segments, after)) {
      const line = lines.at(-1);
      if (line !== undefined) await ahead?.(idOfLine(line));
      yield this.#rowsOf(lines, instance);
    }
  }

  *#rowsOf(lines: readonly string[], instance: Instance): Generator<FormRow> {
    for (const line of lines) {
      const { row, answersText } = parseLine(line);
      const plan = this.#plans.get(row.formVersion);
      if (plan === undefined) {
        throw new Error(`A record of ${this.formId} has the unknown version ${row.formVersion}.`);
      }
      instance.clear();
      plan.read(row.answers, instance);
      const accepted = row.state === 'accepted';
      const isRead = accepted && (row.reviewed || !plan.needsReview);
      const consents =
        isRead && !row.refused && plan.consents.every((path) => saysYes(row.answers, path));
      yield {
        row,
        answersText,
        instance,
        plan,
        seenBy: { coordinator: true, members: accepted, public: consents },
        notPublic: consents ? undefined : isRead ? 'no-consent' : 'not-accepted',
      };
    }
  }

  /** What the cells of answers that are never there say of the version that was answered. */
  #publicLayoutOf({ questions, settings }: FormModel): string {
    const shown = questions.flatMap((question) => {
      const path = question.path.join('/');
      const newest = this.newest.questions.find((other) => other.path.join('/') === path);
      const what = shownOf(question, newest, 'public');
      return what === 'hidden' ? [] : [`${path} ${what}`];
    });
    return digest(JSON.stringify([shown.sort(), settings.publicMetadata]));
  }

  #planOf(model: FormModel): VersionPlan {
    const generalisation = this.#generalisation;
    const leftOut = new Set(
      this.identifiers.flatMap((identifier) =>
        identifier.kind === 'answer' ? [identifier.field] : [],
      ),
    );
    const [forPublic, members, coordinator] = audiences.map((audience) =>
      viewOf(model, this.layout, audience, this.selections, { generalisation }),
    );
    if (forPublic === undefined || members === undefined || coordinator === undefined) {
      throw new TypeError('An audience is missing.');
    }
    return {
      model,
      texts: { csv: csvText(model.version), json: jsonText(model.version) },
      read: readerOf(model, this.layout, generalisation),
      views: { public: forPublic, members, coordinator },
      withoutIdentifiers: viewOf(model, this.layout, 'public', this.selections, { leftOut }),
      k: Math.max(model.settings.k, this.newest.settings.k),
      publicLayout: this.#publicLayoutOf(model),
      consents: [this.newest, model].flatMap(consentOf),
      needsReview: [this.newest, model].some(({ settings }) => settings.review === 'required'),
    };
  }
}

function parseLine(line: string): { row: SegmentRow; answersText: string } {
  const parsed: unknown = JSON.parse(line);
  if (!isSegmentRow(parsed)) throw new TypeError('A segment has a line that is no record.');
  if (mayNeedCleaning(line)) {
    const answers = cleaned(parsed.answers);
    if (isJsonObject(answers)) {
      return { row: { ...parsed, answers }, answersText: JSON.stringify(answers) };
    }
  }
  return { row: parsed, answersText: line.slice(line.indexOf(',"answers":') + 11, -1) };
}

/** Segments are verified by hash: this only tells apart what was never written by collect. */
function isSegmentRow(value: unknown): value is SegmentRow {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'instanceId' in value &&
    typeof value.instanceId === 'string' &&
    'answers' in value &&
    typeof value.answers === 'object' &&
    value.answers !== null
  );
}

/** 132 bits of SHA-256: two of a million are the same with a chance of 1 in 10^28. */
export function digest(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
