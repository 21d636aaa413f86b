import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Clock } from '../clock.ts';
import { Fault } from '../fault.ts';
import { FormId } from '../ids.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { registryKey } from '../store/keys.ts';
import { pagesOf, type RecordStore } from '../store/record-store.ts';
import { compileForm } from './compile-form.ts';
import { FormDefinition, type Row } from './definition.ts';
import {
  derivedName,
  inconsistent,
  invalidForm,
  neverPublished,
  versionTaken,
} from './form-faults.ts';
import { fromFormRecord, toFormRecord, type FormRecord, type FormVersion } from './form-record.ts';
import type { Glossary } from './glossary.ts';
import { ModelCache } from './model-cache.ts';
import type { FormIssue, FormModel } from './model.ts';
import { VocabularyShelf } from './vocabulary-shelf.ts';

/** How many partitions the submissions of a form are spread over, once and for all. */
const defaultShards = 4;

/** How often a change is tried again that lost against another. Each loss means that another won. */
const attempts = 10;

/** Datasets that no form has: a form of that name would take their place. */
const derivedDatasets: ReadonlySet<string> = new Set([
  'who-does-what-where',
  'plan',
  'coverage',
  'gaps',
  'catalog',
]);

/**
 * The forms: their drafts, published versions and vocabularies. A definition is an immutable object
 * named by its own hash, so that models are cached for good; which of them are published stands in
 * the registry and is read every time. `clock` dates publications.
 */
export class FormLibrary {
  readonly #registry: RecordStore;
  readonly #objects: ObjectStore;
  readonly #clock: Clock;
  readonly #models = new ModelCache(200);
  readonly #vocabularies: VocabularyShelf;

  constructor(registry: RecordStore, objects: ObjectStore, clock: Clock) {
    this.#registry = registry;
    this.#objects = objects;
    this.#clock = clock;
    this.#vocabularies = new VocabularyShelf(registry, clock);
  }

  /**
   * Checks a definition and keeps it as the form's draft, vocabularies inlined. What is published
   * stays as it is. Throws Fault `invalid-form` with every error and where it stands.
   */
  async putDraft(
    formId: string,
    definition: FormDefinition,
  ): Promise<{ formId: FormId; version: string; warnings: readonly FormIssue[] }> {
    const id = newFormId(formId);
    const compiled = compileForm(id, definition, await this.vocabularies());
    const { model, warnings } = compiled;
    if (model === undefined || compiled.errors.length > 0) throw invalidForm(compiled.errors);
    const bytes = Buffer.from(JSON.stringify(compiled.definition));
    const key = `forms/${id}/${createHash('sha256').update(bytes).digest('hex')}.json`;
    await this.#objects.putIfAbsent(key, bytes, { contentType: 'application/json' });
    const draft = { version: model.settings.version, key };
    await this.#change(id, (form) => {
      if (form?.draft?.key === key) return form;
      return form === undefined
        ? { ...factsOf(model), formId: id, state: 'draft', shards: 0, draft, versions: [] }
        : { ...form, ...(form.versions.length === 0 ? factsOf(model) : {}), draft };
    });
    return { formId: id, version: draft.version, warnings };
  }

  /**
   * Makes the draft the form's current version and opens the form. Older versions stay. Without a
   * draft (it has been published already) the form is opened again, if it was closed; so a repeated
   * request is answered as done. Throws Fault `not-found`, and `conflict` if another content has
   * been published under that version already.
   */
  async publish(formId: string): Promise<FormRecord> {
    const id = knownFormId(formId);
    return this.#change(id, async (form) => {
      if (form === undefined) throw new Fault('not-found');
      const { draft, ...rest } = form;
      if (draft === undefined) return form.state === 'published' ? form : opened(rest);
      const namesake = form.versions.find(({ version }) => version === draft.version);
      if (namesake !== undefined && namesake.key !== draft.key) throw versionTaken(draft.version);
      const model = await this.#modelAt(id, draft.key);
      // The content of an older version, published again, becomes the current one.
      const others = form.versions.filter((version) => version !== namesake);
      const published = { ...draft, publishedAt: this.#clock().toISOString() };
      return opened({ ...rest, ...factsOf(model), versions: [...others, published] });
    });
  }

  /** Ends submissions to the form; those there are stay. Fault `not-found`, `conflict` if it never was published. */
  async close(formId: string): Promise<FormRecord> {
    return this.#change(knownFormId(formId), (form) => {
      if (form === undefined) throw new Fault('not-found');
      if (form.versions.length === 0) throw neverPublished(formId);
      return form.state === 'closed' ? form : { ...form, state: 'closed' };
    });
  }

  async record(formId: string): Promise<FormRecord | undefined> {
    const id = FormId.safeParse(formId);
    if (!id.success) return undefined;
    const record = await this.#registry.get(registryKey.form(id.data));
    return record === undefined ? undefined : fromFormRecord(record);
  }

  /** Every form, by id, drafts and closed ones too. */
  async list(): Promise<readonly FormRecord[]> {
    const forms: FormRecord[] = [];
    for await (const records of pagesOf(this.#registry, { partition: registryKey.form('').pk })) {
      forms.push(...records.map(fromFormRecord));
    }
    return forms;
  }

  /** The definition of a published version, by default the current one. Fault `not-found`. */
  async definition(formId: string, version?: string): Promise<FormDefinition> {
    return this.#definitionAt(published(await this.record(formId), version).key);
  }

  /** The definition of the draft: for the coordinator alone. Fault `not-found` if there is none. */
  async draftDefinition(formId: string): Promise<FormDefinition> {
    const draft = (await this.record(formId))?.draft;
    if (draft === undefined) throw new Fault('not-found');
    return this.#definitionAt(draft.key);
  }

  /** The model of a published version, by default the current one. Fault `not-found`. */
  async model(formId: string, version?: string): Promise<FormModel> {
    const form = await this.record(formId);
    return this.modelOf(form, version);
  }

  /** The same for whoever has read the form's record already. */
  async modelOf(form: FormRecord | undefined, version?: string): Promise<FormModel> {
    const { key } = published(form, version);
    if (form === undefined) throw new Fault('not-found');
    return this.#modelAt(form.formId, key);
  }

  /** Adds or replaces a vocabulary: forms uploaded from now on see it. Fault `record-too-large`. */
  async putVocabulary(name: string, rows: readonly Row[]): Promise<void> {
    await this.#vocabularies.put(name, rows);
  }

  async vocabularies(): Promise<Map<string, Row[]>> {
    return this.#vocabularies.all();
  }

  /** Preferred and deprecated terms: the vocabulary named `glossary`, at most a minute old. */
  async glossary(): Promise<Glossary> {
    return this.#vocabularies.glossary();
  }

  /** Replaces a form's record by what `next` makes of it, again if another change came between. */
  async #change(
    formId: FormId,
    next: (form: FormRecord | undefined) => FormContent | Promise<FormContent>,
  ): Promise<FormRecord> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const form = await this.record(formId);
      const content = await next(form);
      if (form !== undefined && content === form) return form;
      const changed = { ...content, revision: (form?.revision ?? 0) + 1 };
      const record = toFormRecord(changed);
      const won =
        form === undefined
          ? (await this.#registry.putIfAbsent(record)) === undefined
          : await this.#registry.putIfRevision(record, form.revision);
      if (won) return changed;
    }
    throw new Fault('store-unavailable');
  }

  #modelAt(formId: FormId, key: string): Promise<FormModel> {
    return this.#models.get(key, async () => {
      // Vocabularies are inlined in what is stored: a model never changes with them.
      const { model } = compileForm(formId, await this.#definitionAt(key), new Map());
      if (model === undefined) throw inconsistent(key);
      return model;
    });
  }

  async #definitionAt(key: string): Promise<FormDefinition> {
    const object = await this.#objects.get(key);
    if (object === undefined) throw inconsistent(key);
    return FormDefinition.parse(JSON.parse(await text(object)));
  }
}

type FormContent = Omit<FormRecord, 'revision'>;

function factsOf({ settings }: FormModel): Pick<FormRecord, 'title' | 'audience'> {
  return { title: Object.fromEntries(settings.title), audience: settings.audience };
}

function opened(form: FormContent): FormContent {
  return { ...form, state: 'published', shards: form.shards === 0 ? defaultShards : form.shards };
}

function published(form: FormRecord | undefined, version: string | undefined): FormVersion {
  const found =
    version === undefined
      ? form?.versions.at(-1)
      : form?.versions.find((candidate) => candidate.version === version);
  if (found === undefined) throw new Fault('not-found');
  return found;
}

function knownFormId(formId: string): FormId {
  const id = FormId.safeParse(formId);
  if (!id.success) throw new Fault('not-found');
  return id.data;
}

function newFormId(formId: string): FormId {
  const id = FormId.safeParse(formId);
  if (!id.success || derivedDatasets.has(formId.toLowerCase())) throw derivedName(formId);
  return id.data;
}
