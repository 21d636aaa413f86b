import * as z from 'zod';
import { Fault } from '../../fault.ts';
import type { Bilingual } from '../../text.ts';
import { isFormFileName } from '../lists/form-files.ts';
import type { FileNeed, FormIssue } from '../model.ts';

/** A file of a form: its bytes are an immutable object, `forms/<formId>/media/<sha256>`. */
export const FormMedia = z.object({
  file: z.string(),
  key: z.string(),
  /** Hex. */
  sha256: z.string(),
  /** Hex: OpenRosa's manifests ask for it. */
  md5: z.string(),
  bytes: z.int().min(0),
  /** A media type that a browser does not run: see safeType. */
  type: z.string(),
});
export type FormMedia = z.infer<typeof FormMedia>;

/** A file that a form names, or that was uploaded for it. */
export interface FormFile {
  readonly file: string;
  /** `unused`: no cell names it; an expression may put its name together, so clients get it all the same. */
  readonly use: 'list' | 'media' | 'unused';
  readonly present: boolean;
  readonly bytes: number | null;
  readonly sha256: string | null;
}

/** How many files a form has at most. */
export const maxFiles = 500;

/** What a Lambda function's answer can hold of a file, in bytes. */
export const maxMediaBytes = 4_000_000;

/**
 * Media types by ending. Others are served as plain bytes, whatever the sender said: a page or a
 * drawing with a script in it must never run under the service's address.
 */
const types: ReadonlyMap<string, string> = new Map([
  ['csv', 'text/csv'],
  ['txt', 'text/plain'],
  ['xml', 'application/xml'],
  ['geojson', 'application/geo+json'],
  ['json', 'application/json'],
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['mp3', 'audio/mpeg'],
  ['m4a', 'audio/mp4'],
  ['ogg', 'audio/ogg'],
  ['wav', 'audio/wav'],
  ['amr', 'audio/amr'],
  ['mp4', 'video/mp4'],
  ['webm', 'video/webm'],
  ['3gp', 'video/3gpp'],
  ['pdf', 'application/pdf'],
  ['mbtiles', 'application/vnd.mapbox-vector-tile'],
]);
const fallbackType = 'application/octet-stream';
const harmless = /^(?:image\/(?!svg)|audio\/|video\/)[a-z0-9.+-]{1,60}$/;

/** The media type under which a file is served: by its name, else as sent if it is image, sound or film. */
export function safeType(file: string, sent: string): string {
  const ending = /\.([A-Za-z0-9]{1,10})$/.exec(file)?.[1]?.toLowerCase() ?? '';
  const known = types.get(ending);
  if (known !== undefined) return known;
  const plain = sent.split(';')[0]?.trim().toLowerCase() ?? '';
  return harmless.test(plain) && !/^(?:svg|html?|xhtml|js|mjs)$/.test(ending)
    ? plain
    : fallbackType;
}

/** Throws Fault `invalid-body` for a name that no manifest could carry, `body-too-large`. */
export function checkFile(file: string, bytes: Uint8Array): void {
  if (!isFormFileName(file)) throw refused('bad-file-name', badName(file));
  if (bytes.length === 0) throw refused('empty-file', emptyFile(file));
  if (bytes.length > maxMediaBytes) {
    throw new Fault('body-too-large', {
      errors: [{ pointer: '', code: 'file-too-large', message: tooLarge(file) }],
    });
  }
}

/** A form's files with one more, or another under its name, by name. Throws Fault `invalid-body`. */
export function withFile(media: readonly FormMedia[], added: FormMedia): readonly FormMedia[] {
  const all = [...media.filter(({ file }) => file !== added.file), added];
  if (all.length > maxFiles) throw refused('too-many-files', tooMany);
  return all.sort((one, other) => (one.file < other.file ? -1 : 1));
}

/** What a form needs, in the order in which it names it, then what it has besides. */
export function filesOf(
  needs: readonly FileNeed[],
  media: readonly FormMedia[],
): readonly FormFile[] {
  const left = new Map(media.map((item) => [item.file, item]));
  const needed = needs.map(({ name, use }): FormFile => {
    const found = left.get(name);
    left.delete(name);
    return { file: name, use, ...stateOf(found) };
  });
  const unused = [...left.values()].map((item): FormFile => {
    return { file: item.file, use: 'unused', ...stateOf(item) };
  });
  return [...needed, ...unused];
}

function stateOf(found: FormMedia | undefined): Pick<FormFile, 'present' | 'bytes' | 'sha256'> {
  if (found === undefined) return { present: false, bytes: null, sha256: null };
  return { present: true, bytes: found.bytes, sha256: found.sha256 };
}

/** Nobody reads more warnings of one kind. */
const maxWarnings = 50;

/**
 * A warning for each image, sound or film that is not there. compileForm reports what a list lacks.
 */
export function missingMedia(
  needs: readonly FileNeed[],
  media: readonly FormMedia[],
): readonly FormIssue[] {
  const there = new Set(media.map(({ file }) => file));
  return needs
    .filter(({ name, use }) => use === 'media' && !there.has(name))
    .slice(0, maxWarnings)
    .map(({ name, sheet, row, column }) => ({
      sheet,
      row,
      column,
      code: 'missing-media',
      message: {
        fr: `Le fichier « ${name} » n’est pas encore joint à la fiche : il manquera dans les applications.`,
        en: `The file "${name}" has not been added to the form yet: it will be missing in the apps.`,
      },
    }));
}

function refused(code: string, message: Bilingual): Fault {
  return new Fault('invalid-body', { errors: [{ pointer: '', code, message }] });
}

const badName = (file: string): Bilingual => ({
  fr: `« ${file.slice(0, 200).toWellFormed()} » ne peut pas être le nom d’un fichier : 200 caractères au plus, sans / \\ : * ? " < > |, et pas de point au début.`,
  en: `"${file.slice(0, 200).toWellFormed()}" cannot be the name of a file: at most 200 characters, without / \\ : * ? " < > |, and no point at its beginning.`,
});
const emptyFile = (file: string): Bilingual => ({
  fr: `Le fichier « ${file} » est vide.`,
  en: `The file "${file}" is empty.`,
});
const tooLarge = (file: string): Bilingual => ({
  fr: `Le fichier « ${file} » dépasse 4 Mo.`,
  en: `The file "${file}" is larger than 4 MB.`,
});
const tooMany: Bilingual = {
  fr: `Une fiche a ${maxFiles} fichiers au plus.`,
  en: `A form has at most ${maxFiles} files.`,
};
