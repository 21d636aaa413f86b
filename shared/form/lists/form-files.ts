import type { CellPlace, FormIssues } from '../form-issues.ts';
import type { FileNeed } from '../model.ts';

/** What manifests, folders and URLs can all call a file. */
const fileName = /^(?!\.)[^/\\:*?"<>|\p{Cc}]{1,200}$/u;

/** True for what a file of a form can be called. */
export function isFormFileName(name: string): boolean {
  return fileName.test(name) && name.isWellFormed();
}

/** Kinds of files that lists are read from. */
const extensions = ['csv', 'xml', 'geojson'] as const;
export type ListExtension = (typeof extensions)[number];

/** The extension of a list file; undefined if its name has none that is read. */
export function listExtension(name: string): ListExtension | undefined {
  const at = name.lastIndexOf('.');
  const extension = at <= 0 ? '' : name.slice(at + 1).toLowerCase();
  return extensions.find((known) => known === extension);
}

/** What `instance('…')` calls a list file: its name without the extension. */
export function listNameOf(file: string): string {
  return listExtension(file) === undefined ? file : file.slice(0, file.lastIndexOf('.'));
}

/** The files that a form names beside itself, each listed once, where it is first named. */
export class FileNeeds {
  readonly #needs = new Map<string, FileNeed>();
  readonly #issues: FormIssues;

  constructor(issues: FormIssues) {
    this.#issues = issues;
  }

  /** A name that depends on answers (`${photo}`) is none that could be uploaded beforehand. */
  add(name: string, use: FileNeed['use'], place: CellPlace): void {
    if (name === '' || name.includes('${')) return;
    if (!isFormFileName(name)) {
      this.#issues.add('bad-file-name', place, name);
      return;
    }
    const known = this.#needs.get(name);
    if (known === undefined) this.#needs.set(name, { name, use, ...place });
    // A list must be there before the form is published, so that is what the file is.
    else if (use === 'list') this.#needs.set(name, { ...known, use });
  }

  all(): readonly FileNeed[] {
    return [...this.#needs.values()];
  }
}
