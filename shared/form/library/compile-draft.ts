import { Fault } from '../../fault.ts';
import type { FormId } from '../../ids.ts';
import type { Vocabularies } from '../compile/compile-choices.ts';
import { compileForm, loadEnginesOf } from '../compile/compile-form.ts';
import { type FormDefinition, type Row, cellText } from '../definition.ts';
import { invalidForm } from '../form-issues.ts';
import { missingMedia, type FormMedia, withFile } from './form-media.ts';
import type { FormIssue, FormModel } from '../model.ts';
import type { FormRecord } from './form-record.ts';
import type { FormCache } from './form-cache.ts';

/** What a draft is made of, checked and whole by itself. */
export interface CompiledDraft {
  readonly definition: FormDefinition;
  readonly model: FormModel;
  readonly media: readonly FormMedia[];
  readonly warnings: readonly FormIssue[];
}

/** Bytes of a form's file. */
type OpenFile = (media: FormMedia) => Promise<Uint8Array>;

const listEnding = /\.(?:csv|xml|geojson)$/i;

/**
 * Compiles an uploaded definition with the form's files: the lists among them that it may name are read.
 * Throws Fault `invalid-form` with every error, also of a list file that it does name.
 */
export async function compileDraft(
  formId: FormId,
  definition: FormDefinition,
  {
    vocabularies,
    media,
    open,
  }: {
    readonly vocabularies: Vocabularies;
    readonly media: readonly FormMedia[];
    readonly open: OpenFile;
  },
): Promise<CompiledDraft> {
  const rows = new Map<string, readonly Row[]>();
  const broken = new Map<string, Fault>();
  for (const item of listsNamed(definition, media)) {
    try {
      rows.set(item.file, await readRows(item.file, await open(item)));
    } catch (error) {
      // Whether the form really reads it is not known before it has been compiled.
      if (!(error instanceof Fault) || error.code !== 'invalid-form') throw error;
      broken.set(item.file, error);
    }
  }
  const compiled = await compileWith(formId, definition, media, vocabularies, rows);
  const errors = compiled.model.files.flatMap(({ name, use }) =>
    use === 'list' ? (broken.get(name)?.errors ?? []) : [],
  );
  if (errors.length > 0) throw new Fault('invalid-form', { errors });
  return compiled;
}

/**
 * Compiles what was compiled before, now with these files: `rows` are those of the list file that has
 * changed, the others stand in the definition.
 */
async function compileWith(
  formId: FormId,
  definition: FormDefinition,
  media: readonly FormMedia[],
  vocabularies: Vocabularies = new Map(),
  rows: ReadonlyMap<string, readonly Row[]> = new Map(),
): Promise<CompiledDraft> {
  await loadEnginesOf(definition);
  const compiled = compileForm(formId, definition, vocabularies, rows);
  const { model, errors } = compiled;
  if (model === undefined || errors.length > 0) throw invalidForm(errors, compiled.warnings);
  const warnings = [...compiled.warnings, ...missingMedia(model.files, media)];
  return { definition: compiled.definition, model, media, warnings };
}

/** The rows of a list file. Loaded when there is one: most forms have none. Fault `invalid-form`. */
async function readRows(file: string, bytes: Uint8Array): Promise<readonly Row[]> {
  const { readListFile } = await import('../files/list-file.ts');
  return readListFile(file, bytes);
}

/** The files that may be lists of this form: some cell has their name, with or without its ending. */
function listsNamed({ survey }: FormDefinition, media: readonly FormMedia[]): readonly FormMedia[] {
  const lists = media.filter(({ file }) => listEnding.test(file));
  if (lists.length === 0) return [];
  const cells = survey
    .flatMap((row) => Object.values(row))
    .filter((cell) => typeof cell === 'string')
    .join('\n');
  return lists.filter(({ file }) => cells.includes(file.replace(listEnding, '')));
}

/** A file that is put, or taken out (undefined). */
export interface FileChange {
  readonly file: string;
  readonly added: { readonly media: FormMedia; readonly bytes: Uint8Array } | undefined;
}

/**
 * What a draft, or the current version of a form without one, becomes with a file more, with another
 * one in its place or without it. Its rows, if it is a list, are compiled into the definition. Throws
 * Faults `not-found` (to be taken out, and not there), `invalid-form`, `invalid-body` (too many).
 */
export async function changedDraft(
  cache: FormCache,
  form: FormRecord,
  { file, added }: FileChange,
): Promise<CompiledDraft> {
  const base = form.draft ?? form.versions.at(-1);
  if (base === undefined) throw new Fault('not-found');
  const before = await cache.media(base.media);
  const known = before.find((item) => item.file === file);
  if (added === undefined && known === undefined) throw new Fault('not-found');
  const media =
    added === undefined
      ? before.filter((item) => item.file !== file)
      : withFile(before, added.media);
  const [definition, model] = [
    await cache.definition(base.key),
    await cache.model(form.formId, base.key),
  ];
  const isList = model.files.some(({ name, use }) => name === file && use === 'list');
  const rows = isList && added !== undefined ? await readRows(file, added.bytes) : undefined;
  if (!isList || JSON.stringify(rows) === JSON.stringify(rowsOf(definition, file))) {
    return { definition, model, media, warnings: missingMedia(model.files, media) };
  }
  // Begun from what is published, the draft has that one's version, under which nobody could publish it.
  const own = base === form.draft ? definition : renumbered(definition, form);
  return compileWith(
    form.formId,
    { ...own, files: without(definition, file) },
    media,
    new Map(),
    rows === undefined ? new Map() : new Map([[file, rows]]),
  );
}

function rowsOf({ files }: FormDefinition, file: string): readonly Row[] | undefined {
  return files !== undefined && Object.hasOwn(files, file) ? files[file] : undefined;
}

function without({ files }: FormDefinition, file: string): NonNullable<FormDefinition['files']> {
  return Object.fromEntries(Object.entries(files ?? {}).filter(([name]) => name !== file));
}

const longestVersion = 64;

/** The definition under the next version that is free: `2026-11` → `2026-11.1` → `2026-11.2`. One that states none follows its content. */
function renumbered(definition: FormDefinition, { versions }: FormRecord): FormDefinition {
  const heading = Object.keys(definition.settings).find(
    (name) => name.trim().toLowerCase() === 'version',
  );
  const stated = heading === undefined ? '' : cellText(definition.settings[heading]);
  if (heading === undefined || stated === '') return definition;
  const taken = new Set(versions.map(({ version }) => version));
  const [, stem = stated] = /^(.+)\.\d{1,6}$/.exec(stated) ?? [];
  const from = stem.slice(0, longestVersion - 8);
  let number = 1;
  while (taken.has(`${from}.${number}`)) number += 1;
  return {
    ...definition,
    settings: { ...definition.settings, [heading]: `${from}.${number}` },
  };
}
