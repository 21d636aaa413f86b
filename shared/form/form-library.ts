import type { Clock } from '../clock.ts';
import { Fault } from '../fault.ts';
import { FormId, isDraftId, ownerOfDraft } from '../ids.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { registryKey } from '../store/keys.ts';
import { checkRecordSize } from '../store/record-size.ts';
import { pagesOf, type RecordStore } from '../store/record-store.ts';
import { compileDraft, type CompiledDraft } from './compile-draft.ts';
import type { FormDefinition, Row } from './definition.ts';
import { changesBetween } from './draft-changes.ts';
import { changedDraft, type FileChange } from './draft-files.ts';
import { draftRecord, remembered } from './draft-record.ts';
import type { FormChange } from './form-changes.ts';
import { missingFiles, neverPublished, versionTaken } from './form-faults.ts';
import { knownFormId, newFormId, writableFormId } from './form-ids.ts';
import { checkFile, filesOf, safeType, type FormFile, type FormMedia } from './form-media.ts';
import {
  fromFormRecord,
  toFormRecord,
  type FormDraft,
  type FormRecord,
  type FormVersion,
} from './form-record.ts';
import { FormShelf, type XForm } from './form-shelf.ts';
import type { Glossary } from './glossary.ts';
import type { FormIssue, FormModel } from './model.ts';
import { VocabularyShelf } from './vocabulary-shelf.ts';

/** How many partitions the submissions of a form are spread over, once and for all. */
const defaultShards = 4;

/** How often a change is tried again that lost against another. Each loss means that another won. */
const attempts = 10;

/** What storing a draft tells: what is odd about it, what publishing it would change, what it needs. */
export interface StoredDraft {
  readonly formId: FormId;
  readonly version: string;
  readonly warnings: readonly FormIssue[];
  readonly changes: readonly FormChange[];
  readonly files: readonly FormFile[];
}

/**
 * The forms: their drafts, published versions, files and vocabularies. What they are made of are
 * immutable objects (FormShelf); which of them are published stands in the registry and is read every
 * time. The draft of a form `x` is a form of its own under the id `x.draft`, which everything that
 * reads takes and nothing that writes. `clock` dates drafts and publications.
 */
export class FormLibrary {
  readonly #registry: RecordStore;
  readonly #clock: Clock;
  readonly #shelf: FormShelf;
  readonly #vocabularies: VocabularyShelf;

  constructor(registry: RecordStore, objects: ObjectStore, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
    this.#shelf = new FormShelf(objects);
    this.#vocabularies = new VocabularyShelf(registry, clock);
  }

  /**
   * Checks a definition and keeps it as the form's draft, vocabularies inlined, with the files of the
   * draft before it, or of the current version. What is published stays as it is. Throws Fault
   * `invalid-form` with every error and where it stands.
   */
  async putDraft(formId: string, definition: FormDefinition): Promise<StoredDraft> {
    const id = newFormId(formId);
    const vocabularies = await this.vocabularies();
    // Rows of list files come from the files alone, whatever an upload says of them.
    const own = { ...definition };
    delete own.files;
    let compiled: CompiledDraft | undefined;
    return this.#changeDraft(id, async (form) => {
      const media = await this.#shelf.media((form?.draft ?? form?.versions.at(-1))?.media);
      // Tried again after another change, it is compiled again only if the files are others.
      if (compiled?.media !== media) {
        const open = ({ key }: FormMedia): Promise<Uint8Array> => this.#shelf.bytes(key);
        compiled = await compileDraft(id, own, { vocabularies, media, open });
      }
      return compiled;
    });
  }

  /**
   * Adds a file to the draft, or replaces it. Without a draft one is begun from the current version,
   * under a version of its own if a list has changed, so that new rows in `regions.csv` need no more than this and
   * to publish. Throws Faults `not-found`, `invalid-body` (its name), `body-too-large`, and
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
    if ((await this.record(id)) === undefined) throw new Fault('not-found');
    const kept = await this.#shelf.keepFile(id, file, bytes, safeType(file, contentType));
    await this.#changeFile(id, { file, added: { media: kept, bytes } });
    return { file, bytes: kept.bytes, sha256: kept.sha256 };
  }

  /** Takes a file out of the draft, which is begun from the current version if there is none. Fault `not-found`. */
  async deleteMedia(formId: string, file: string): Promise<void> {
    await this.#changeFile(writableFormId(formId), { file, added: undefined });
  }

  /**
   * Makes the draft the form's current version and opens the form. Older versions stay. Without a
   * draft (it has been published already) the form is opened again, if it was closed; so a repeated
   * request is answered as done. Throws Fault `not-found`, and `conflict` if another content has
   * been published under that version already or a list file is missing.
   */
  async publish(formId: string): Promise<FormRecord> {
    const id = writableFormId(formId);
    return this.#change(id, async (form) => {
      if (form === undefined) throw new Fault('not-found');
      const { draft, ...rest } = form;
      if (draft === undefined) return form.state === 'published' ? form : opened(rest);
      const namesake = form.versions.find(({ version }) => version === draft.version);
      if (namesake !== undefined && namesake.key !== draft.key) throw versionTaken(draft.version);
      const model = await this.#shelf.model(id, draft.key);
      const needed = filesOf(model.files, await this.#shelf.media(draft.media));
      const missing = needed.filter(({ use, present }) => use === 'list' && !present);
      if (missing.length > 0) throw missingFiles(missing.map(({ file }) => file));
      // The content of an older version, published again, becomes the current one.
      const others = form.versions.filter((version) => version !== namesake);
      const { version, key, media } = draft;
      const published = {
        ...{ version, key },
        ...(media === undefined ? {} : { media }),
        publishedAt: this.#clock().toISOString(),
      };
      return opened({
        ...rest,
        ...factsOf(model),
        drafts: remembered(form.drafts, draft),
        versions: [...others, published],
      });
    });
  }

  /** Ends submissions to the form; those there are stay. Fault `not-found`, `conflict` if it never was published. */
  async close(formId: string): Promise<FormRecord> {
    return this.#change(writableFormId(formId), (form) => {
      if (form === undefined) throw new Fault('not-found');
      if (form.versions.length === 0) throw neverPublished(formId);
      return form.state === 'closed' ? form : { ...form, state: 'closed' };
    });
  }

  /** What is known of a form, or of the draft of one (`x.draft`). */
  async record(formId: string): Promise<FormRecord | undefined> {
    const id = FormId.safeParse(formId);
    if (!id.success) return undefined;
    const isDraft = isDraftId(id.data);
    const owner = isDraft ? ownerOfDraft(id.data) : id.data;
    const record = await this.#registry.get(registryKey.form(owner));
    if (record === undefined) return undefined;
    const form = fromFormRecord(record);
    return isDraft ? draftRecord(form) : form;
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
    return this.definitionOf(await this.record(formId), version);
  }

  /** The same for whoever has read the form's record already. */
  async definitionOf(form: FormRecord | undefined, version?: string): Promise<FormDefinition> {
    return this.#shelf.definition(published(form, version).key);
  }

  /** The definition of the draft: for the coordinator alone. Fault `not-found` if there is none. */
  async draftDefinition(formId: string): Promise<FormDefinition> {
    const draft = (await this.record(formId))?.draft;
    if (draft === undefined) throw new Fault('not-found');
    return this.#shelf.definition(draft.key);
  }

  /** The model of a published version, by default the current one. Fault `not-found`. */
  async model(formId: string, version?: string): Promise<FormModel> {
    return this.modelOf(await this.record(formId), version);
  }

  /** The same for whoever has read the form's record already. */
  async modelOf(form: FormRecord | undefined, version?: string): Promise<FormModel> {
    const { key } = published(form, version);
    if (form === undefined) throw new Fault('not-found');
    return this.#shelf.model(form.formId, key);
  }

  /** The XForm of a version, with its MD5 in hex. Fault `not-found`. */
  async xForm(form: FormRecord, version?: string): Promise<XForm> {
    return this.#shelf.xForm(form.formId, published(form, version).key);
  }

  /** What a version needs and what is there, then what it has besides. Fault `not-found`. */
  async filesOf(form: FormRecord, version?: string): Promise<readonly FormFile[]> {
    const { key, media } = published(form, version);
    const model = await this.#shelf.model(form.formId, key);
    return filesOf(model.files, await this.#shelf.media(media));
  }

  /** A file of a version, by default of the current one. Fault `not-found`. */
  async media(form: FormRecord, file: string, version?: string): Promise<FormMedia> {
    const all = await this.#shelf.media(published(form, version).media);
    const found = all.find((item) => item.file === file);
    if (found === undefined) throw new Fault('not-found');
    return found;
  }

  /** A file's bytes. */
  async mediaBytes({ key }: FormMedia): Promise<Uint8Array> {
    return this.#shelf.bytes(key);
  }

  /** What publishing the draft would change; nothing if the form never was published. Fault `not-found`. */
  async draftChanges(formId: string): Promise<{ version: string; changes: readonly FormChange[] }> {
    const form = await this.record(knownFormId(formId));
    if (form?.draft === undefined) throw new Fault('not-found');
    const changes = await changesBetween(this.#shelf, form, form.versions.at(-1), form.draft);
    return { version: form.draft.version, changes };
  }

  /** What the current version has changed against the one before it: told again however often it is asked. */
  async lastChanges(form: FormRecord): Promise<readonly FormChange[]> {
    const [before, current] = [form.versions.at(-2), form.versions.at(-1)];
    return current === undefined ? [] : changesBetween(this.#shelf, form, before, current);
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

  async #changeFile(id: FormId, change: FileChange): Promise<StoredDraft | undefined> {
    return this.#changeDraft(id, async (form) => {
      const base = form?.draft ?? form?.versions.at(-1);
      if (form === undefined || base === undefined) throw new Fault('not-found');
      return changedDraft(this.#shelf, form, base, change);
    });
  }

  /** Replaces the draft by what `make` makes of the form; by nothing else if that is what it was. */
  async #changeDraft(
    id: FormId,
    make: (form: FormRecord | undefined) => Promise<CompiledDraft>,
  ): Promise<StoredDraft> {
    let stored: { readonly made: CompiledDraft; readonly draft: FormDraft } | undefined;
    const form = await this.#change(id, async (known) => {
      const made = await make(known);
      const key = await this.#shelf.keep(id, made.definition, made.model);
      const media = await this.#shelf.keepMedia(id, made.media);
      const { version, settings } = made.model;
      const draft = {
        ...{ version, key, at: this.#clock().toISOString() },
        title: Object.fromEntries(settings.title),
        ...(media === undefined ? {} : { media }),
      };
      stored = { made, draft };
      const { draft: replaced, drafts = [] } = known ?? {};
      if (known !== undefined && replaced?.key === key && replaced.media === media) return known;
      if (known === undefined) return firstDraft(id, made.model, draft);
      const facts = known.versions.length === 0 ? factsOf(made.model) : {};
      return { ...known, ...facts, draft, drafts: remembered(drafts, replaced) };
    });
    if (stored === undefined) throw new TypeError('A change was made without a draft.');
    const { made, draft } = stored;
    const { model, media, warnings } = made;
    return {
      ...{ formId: id, version: model.version, warnings },
      changes: await changesBetween(this.#shelf, form, form.versions.at(-1), draft),
      files: filesOf(model.files, media),
    };
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
      checkRecordSize(record);
      const won =
        form === undefined
          ? (await this.#registry.putIfAbsent(record)) === undefined
          : await this.#registry.putIfRevision(record, form.revision);
      if (won) return changed;
    }
    throw new Fault('store-unavailable');
  }
}

type FormContent = Omit<FormRecord, 'revision'>;

function factsOf({ settings }: FormModel): Pick<FormRecord, 'title' | 'audience'> {
  return { title: Object.fromEntries(settings.title), audience: settings.audience };
}

function firstDraft(formId: FormId, model: FormModel, draft: FormDraft): FormContent {
  const nothing = { shards: 0, drafts: [], versions: [] };
  return { ...factsOf(model), ...nothing, formId, state: 'draft', draft };
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
