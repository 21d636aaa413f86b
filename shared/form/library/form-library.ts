import type { Clock } from '../../clock.ts';
import { Fault } from '../../fault.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { RecordStore } from '../../store/record-store.ts';
import type { FormDefinition, Row } from '../definition.ts';
import { changesBetween } from './draft-changes.ts';
import type { FormChange } from '../compare/form-changes.ts';
import { neverPublished, derivedName, draftOnly } from './form-faults.ts';
import { checkFile, filesOf, safeType, type FormFile, type FormMedia } from './form-media.ts';
import type { FormRecord, FormVersion } from './form-record.ts';
import { FormRegistry } from './form-registry.ts';
import { FormCache, type XForm } from './form-cache.ts';
import type { Glossary } from '../validate/glossary.ts';
import type { FormModel } from '../model.ts';
import type { FormStores, StoredDraft } from './write-form.ts';
import { VocabularyStore } from './vocabulary-store.ts';
import { derivedDatasetIds, FormId, isDraftId } from '../../ids.ts';

/**
 * The forms: their drafts, published versions, files and vocabularies. What they are made of are
 * immutable objects (FormCache); which of them are published stands in the registry and is read every
 * time. The draft of a form `x` is a form of its own under the id `x.draft`, which everything that
 * reads takes and nothing that writes. `clock` dates drafts and publications.
 */
export class FormLibrary {
  readonly #stores: FormStores;
  readonly #vocabularies: VocabularyStore;

  constructor(registry: RecordStore, objects: ObjectStore, clock: Clock) {
    this.#stores = { registry: new FormRegistry(registry), cache: new FormCache(objects), clock };
    this.#vocabularies = new VocabularyStore(registry, clock);
  }

  /**
   * Checks a definition and keeps it as the form's draft, vocabularies inlined, with the files of the
   * draft before it, or of the current version. What is published stays as it is. Throws Fault
   * `invalid-form` with every error and where it stands.
   */
  async putDraft(formId: string, definition: FormDefinition): Promise<StoredDraft> {
    const id = newFormId(formId);
    const { uploadDraft } = await writing();
    return uploadDraft(this.#stores, id, definition, await this.vocabularies());
  }

  /**
   * Adds a file to the draft, or replaces it. Without a draft one is begun from the current version,
   * under a version of its own if a list has changed: new rows in `regions.csv` need no more than this
   * and to publish. The file that is there already changes nothing. Throws Faults `not-found`,
   * `conflict` (the id is that of a draft), `invalid-body` (its name), `body-too-large`, and
   * `invalid-form` for a list that cannot be read.
   */
  async putMedia(
    formId: string,
    file: string,
    bytes: Uint8Array,
    contentType: string,
  ): Promise<{ file: string; bytes: number; sha256: string }> {
    const id = writableFormId(formId);
    checkFile(file, bytes);
    const { cache } = this.#stores;
    const media = cache.fileOf(id, file, bytes, safeType(file, contentType));
    const facts = { file, bytes: media.bytes, sha256: media.sha256 };
    const form = await this.record(id);
    const there = await cache.media((form?.draft ?? form?.versions.at(-1))?.media);
    if (there.some((item) => item.file === file && item.sha256 === media.sha256)) return facts;
    const { changeFile } = await writing();
    await changeFile(this.#stores, id, { file, added: { media, bytes } });
    return facts;
  }

  /**
   * Takes a file out of the draft, which is begun from the current version if there is none. Faults
   * `not-found`, `conflict` (the id is that of a draft).
   */
  async deleteMedia(formId: string, file: string): Promise<void> {
    const id = writableFormId(formId);
    const { changeFile } = await writing();
    await changeFile(this.#stores, id, { file, added: undefined });
  }

  /** Makes the draft the current version and opens the form: see publishForm. Faults `not-found`, `conflict`. */
  async publish(formId: string): Promise<FormRecord> {
    const id = writableFormId(formId);
    const { publishForm } = await writing();
    return publishForm(this.#stores, id);
  }

  /** Ends submissions to the form; those there are stay. Fault `not-found`, `conflict` if it never was published. */
  async close(formId: string): Promise<FormRecord> {
    return this.#stores.registry.change(writableFormId(formId), (form) => {
      if (form === undefined) throw new Fault('not-found');
      if (form.versions.length === 0) throw neverPublished(formId);
      return form.state === 'closed' ? form : { ...form, state: 'closed' };
    });
  }

  /** What is known of a form, or of the draft of one (`x.draft`). */
  async record(formId: string): Promise<FormRecord | undefined> {
    return this.#stores.registry.record(formId);
  }

  /** Every form, by id, never published and closed ones too; no draft is a form of its own here. */
  async list(): Promise<readonly FormRecord[]> {
    return this.#stores.registry.list();
  }

  /** The definition of a published version, by default the current one. Fault `not-found`. */
  async definition(formId: string, version?: string): Promise<FormDefinition> {
    return this.definitionOf(await this.record(formId), version);
  }

  /** The same for whoever has read the form's record already. */
  async definitionOf(form: FormRecord | undefined, version?: string): Promise<FormDefinition> {
    return this.#stores.cache.definition(published(form, version).key);
  }

  /** The definition of the draft: for the coordinator alone. Fault `not-found` if there is none. */
  async draftDefinition(formId: string): Promise<FormDefinition> {
    const draft = (await this.record(formId))?.draft;
    if (draft === undefined) throw new Fault('not-found');
    return this.#stores.cache.definition(draft.key);
  }

  /** The model of a published version, by default the current one. Fault `not-found`. */
  async model(formId: string, version?: string): Promise<FormModel> {
    return this.modelOf(await this.record(formId), version);
  }

  /** The same for whoever has read the form's record already. */
  async modelOf(form: FormRecord | undefined, version?: string): Promise<FormModel> {
    const { key } = published(form, version);
    if (form === undefined) throw new Fault('not-found');
    return this.#stores.cache.model(form.formId, key);
  }

  /** The XForm of a version, with its MD5 in hex. Fault `not-found`. */
  async xForm(form: FormRecord, version?: string): Promise<XForm> {
    return this.#stores.cache.xForm(form.formId, published(form, version).key);
  }

  /** What a version needs and what is there, then what it has besides. Fault `not-found`. */
  async filesOf(form: FormRecord, version?: string): Promise<readonly FormFile[]> {
    const { key, media } = published(form, version);
    const model = await this.#stores.cache.model(form.formId, key);
    return filesOf(model.files, await this.#stores.cache.media(media));
  }

  /** A file of a version, by default of the current one. Fault `not-found`. */
  async media(form: FormRecord, file: string, version?: string): Promise<FormMedia> {
    const all = await this.#stores.cache.media(published(form, version).media);
    const found = all.find((item) => item.file === file);
    if (found === undefined) throw new Fault('not-found');
    return found;
  }

  /** A file's bytes. */
  async mediaBytes({ key }: FormMedia): Promise<Uint8Array> {
    return this.#stores.cache.bytes(key);
  }

  /** What publishing the draft would change; nothing if the form never was published. Fault `not-found`. */
  async draftChanges(formId: string): Promise<{ version: string; changes: readonly FormChange[] }> {
    const form = await this.record(knownFormId(formId));
    if (form?.draft === undefined) throw new Fault('not-found');
    const changes = await changesBetween(
      this.#stores.cache,
      form,
      form.versions.at(-1),
      form.draft,
    );
    return { version: form.draft.version, changes };
  }

  /** What the current version has changed against the one before it: the same however often it is asked. */
  async lastChanges(form: FormRecord): Promise<readonly FormChange[]> {
    const [before, current] = [form.versions.at(-2), form.versions.at(-1)];
    return current === undefined ? [] : changesBetween(this.#stores.cache, form, before, current);
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
}

/** Forms are written by few requests: no other should pay for loading what that needs. */
const writing = () => import('./write-form.ts');

function published(form: FormRecord | undefined, version: string | undefined): FormVersion {
  const found =
    version === undefined
      ? form?.versions.at(-1)
      : form?.versions.find((candidate) => candidate.version === version);
  if (found === undefined) throw new Fault('not-found');
  return found;
}

/** A form of such a name would take the place of a dataset that no form has. */
const derivedDatasets: ReadonlySet<string> = new Set(derivedDatasetIds);

/** The id of a form that is read, or of a form's draft. Fault `not-found`. */
function knownFormId(formId: string): FormId {
  const id = FormId.safeParse(formId);
  if (!id.success) throw new Fault('not-found');
  return id.data;
}

/** The id of a form that is changed: a draft is changed through its form. Faults `not-found`, `conflict`. */
function writableFormId(formId: string): FormId {
  const id = knownFormId(formId);
  if (isDraftId(id)) throw draftOnly(id, 'conflict');
  return id;
}

/** The id of a form that is uploaded. Fault `invalid-form`. */
function newFormId(formId: string): FormId {
  const id = FormId.safeParse(formId);
  if (!id.success || derivedDatasets.has(formId.toLowerCase())) throw derivedName(formId);
  if (isDraftId(id.data)) throw draftOnly(id.data, 'invalid-form');
  return id.data;
}
