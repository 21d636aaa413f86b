import { createHash } from 'node:crypto';
import { buffer, text } from 'node:stream/consumers';
import * as z from 'zod';
import { Fault } from '../../fault.ts';
import { isDraftId, ownerOfDraft, type FormId } from '../../ids.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { BoundedCache } from './bounded-cache.ts';
import { compileForm, loadEnginesOf } from '../compile/compile-form.ts';
import type { FormDefinition } from '../definition.ts';
import { FormDefinitionSchema } from '../definition-schema.ts';
import { inconsistent } from './form-faults.ts';
import { FormMedia } from './form-media.ts';
import type { FormModel } from '../model.ts';

/** An XForm, and its MD5 in hex: clients ask for it by that. */
export interface XForm {
  readonly xml: string;
  readonly md5: string;
}

/**
 * The longest definition, in bytes of JSON: a Lambda function's answer must hold it. It has room for
 * twenty times the choices of a large form.
 */
const maxDefinitionBytes = 5_000_000;

/** What the caches may hold, in bytes of definitions and of XForms: models take some times as much. */
const most = {
  models: { entries: 200, weight: 16_000_000 },
  media: { entries: 200, weight: 4_000_000 },
  xForms: { entries: 200, weight: 16_000_000 },
} as const;

/** One and the same, as those that are cached are. */
const noMedia: readonly FormMedia[] = [];

/**
 * The immutable objects that forms are made of, under `forms/<formId>/`: definitions
 * (`<sha256>.json`), lists of files (`files/<sha256>.json`) and files (`media/<sha256>`). Being named
 * by their hashes, what is made of them is cached for good.
 */
export class FormCache {
  readonly #objects: ObjectStore;
  readonly #models = new BoundedCache<FormModel>(most.models);
  readonly #media = new BoundedCache<readonly FormMedia[]>(most.media);
  readonly #xForms = new BoundedCache<XForm>(most.xForms);

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /**
   * Stores a definition with the model that was made of it, so that nobody here compiles it again, and
   * returns its key. Fault `invalid-form` if it is too long.
   */
  async keep(formId: FormId, definition: FormDefinition, model: FormModel): Promise<string> {
    const bytes = Buffer.from(JSON.stringify(definition));
    if (bytes.length > maxDefinitionBytes) throw tooLong(bytes.length);
    const key = `forms/${formId}/${sha256(bytes)}.json`;
    await this.#objects.putIfAbsent(key, bytes, { contentType: 'application/json' });
    this.#models.put(modelKey(formId, key), { value: model, weight: bytes.length });
    return key;
  }

  async definition(key: string): Promise<FormDefinition> {
    return FormDefinitionSchema.parse(JSON.parse(await this.#text(key)));
  }

  /** The model of a definition under a form's id, which may be that of the form's draft. */
  model(formId: FormId, key: string): Promise<FormModel> {
    return this.#models.get(modelKey(formId, key), async () => {
      if (isDraftId(formId)) {
        const model = await this.model(ownerOfDraft(formId), key);
        return { value: { ...model, formId }, weight: 0 };
      }
      const json = await this.#text(key);
      // Vocabularies and list files are inlined in what is stored: a model never changes with them.
      const definition = FormDefinitionSchema.parse(JSON.parse(json));
      await loadEnginesOf(definition);
      const { asStored } = compileForm(formId, definition, new Map());
      return { value: asStored, weight: json.length };
    });
  }

  xForm(formId: FormId, key: string): Promise<XForm> {
    return this.#xForms.get(modelKey(formId, key), async () => {
      const model = await this.model(formId, key);
      const { writeXForm } = await import('../xform/write-xform.ts');
      const xml = writeXForm(model);
      const md5 = createHash('md5').update(xml).digest('hex');
      return { value: { xml, md5 }, weight: xml.length };
    });
  }

  /** Stores a list of files and returns its key; undefined for an empty one. */
  async keepMedia(formId: FormId, media: readonly FormMedia[]): Promise<string | undefined> {
    if (media.length === 0) return undefined;
    const bytes = Buffer.from(JSON.stringify(media));
    const key = `forms/${formId}/files/${sha256(bytes)}.json`;
    await this.#objects.putIfAbsent(key, bytes, { contentType: 'application/json' });
    this.#media.put(key, { value: media, weight: bytes.length });
    return key;
  }

  /** The files that a list of that key names; none without a key. */
  async media(key: string | undefined): Promise<readonly FormMedia[]> {
    if (key === undefined) return noMedia;
    return this.#media.get(key, async () => {
      const json = await this.#text(key);
      return { value: z.array(FormMedia).parse(JSON.parse(json)), weight: json.length };
    });
  }

  /** What a form's list says of a file with these bytes. */
  fileOf(formId: FormId, file: string, bytes: Uint8Array, type: string): FormMedia {
    const hash = sha256(bytes);
    const key = `forms/${formId}/media/${hash}`;
    const md5 = createHash('md5').update(bytes).digest('hex');
    return { file, key, sha256: hash, md5, bytes: bytes.length, type };
  }

  /** Stores a file's bytes, as one that is to be saved and not shown. */
  async keepFile({ media, bytes }: { media: FormMedia; bytes: Uint8Array }): Promise<void> {
    const headers = { contentType: media.type, contentDisposition: 'attachment' };
    await this.#objects.putIfAbsent(media.key, bytes, headers);
  }

  async bytes(key: string): Promise<Uint8Array> {
    const object = await this.#objects.get(key);
    if (object === undefined) throw inconsistent(key);
    return buffer(object);
  }

  async #text(key: string): Promise<string> {
    const object = await this.#objects.get(key);
    if (object === undefined) throw inconsistent(key);
    return text(object);
  }
}

/** Two ids may have the same definition: a form's, and its draft's. */
function modelKey(formId: FormId, key: string): string {
  return `${formId} ${key}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function tooLong(bytes: number): Fault {
  const megabytes = Math.ceil(bytes / 100_000) / 10;
  return new Fault('invalid-form', {
    errors: [
      {
        pointer: '',
        code: 'form-too-large',
        message: {
          fr: `La fiche fait ${String(megabytes).replace('.', ',')} Mo avec ses listes ; elle en a 5 au plus. Gardez des fichiers de listes les lignes et les colonnes qui servent.`,
          en: `The form has ${megabytes} MB with its lists; it may have 5 at most. Keep of the list files the rows and columns that are used.`,
        },
      },
    ],
  });
}
