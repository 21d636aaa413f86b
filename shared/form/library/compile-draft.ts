import { Fault } from '../../fault.ts';
import type { FormId } from '../../ids.ts';
import type { Vocabularies } from '../compile/compile-choices.ts';
import { compileForm } from '../compile/compile-form.ts';
import type { FormDefinition, Row } from '../definition.ts';
import { invalidForm } from '../issues/form-faults.ts';
import { missingMedia, type FormMedia } from './form-media.ts';
import type { FormIssue, FormModel } from '../model.ts';

/** What a draft is made of, checked and whole by itself. */
export interface CompiledDraft {
  readonly definition: FormDefinition;
  readonly model: FormModel;
  readonly media: readonly FormMedia[];
  readonly warnings: readonly FormIssue[];
}

/** Bytes of a form's file. */
export type OpenFile = (media: FormMedia) => Promise<Uint8Array>;

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
  const compiled = compileWith(formId, definition, media, vocabularies, rows);
  const faults = compiled.model.files.flatMap(({ name, use }) =>
    use === 'list' ? (broken.get(name)?.errors ?? []) : [],
  );
  if (faults.length > 0) throw new Fault('invalid-form', { errors: faults });
  return compiled;
}

/**
 * Compiles what was compiled before, now with these files: `rows` are those of the list file that has
 * changed, the others stand in the definition.
 */
export function compileWith(
  formId: FormId,
  definition: FormDefinition,
  media: readonly FormMedia[],
  vocabularies: Vocabularies = new Map(),
  rows: ReadonlyMap<string, readonly Row[]> = new Map(),
): CompiledDraft {
  const compiled = compileForm(formId, definition, vocabularies, rows);
  const { model, errors } = compiled;
  if (model === undefined || errors.length > 0) throw invalidForm(errors, compiled.warnings);
  const warnings = [...compiled.warnings, ...missingMedia(model.files, media)];
  return { definition: compiled.definition, model, media, warnings };
}

/** The rows of a list file. Loaded when there is one: most forms have none. Fault `invalid-form`. */
export async function readRows(file: string, bytes: Uint8Array): Promise<readonly Row[]> {
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
