import { Fault } from '../../fault.ts';
import { compileWith, readRows, type CompiledDraft } from './compile-draft.ts';
import { cellText, type FormDefinition, type Row } from '../definition.ts';
import { missingMedia, withFile, type FormMedia } from './form-media.ts';
import type { FormRecord } from './form-record.ts';
import type { FormShelf } from './form-shelf.ts';

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
  shelf: FormShelf,
  form: FormRecord,
  { file, added }: FileChange,
): Promise<CompiledDraft> {
  const base = form.draft ?? form.versions.at(-1);
  if (base === undefined) throw new Fault('not-found');
  const before = await shelf.media(base.media);
  const known = before.find((item) => item.file === file);
  if (added === undefined && known === undefined) throw new Fault('not-found');
  const media =
    added === undefined
      ? before.filter((item) => item.file !== file)
      : withFile(before, added.media);
  const [definition, model] = [
    await shelf.definition(base.key),
    await shelf.model(form.formId, base.key),
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
