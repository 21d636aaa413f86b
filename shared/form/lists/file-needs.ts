import { isFormFileName } from './form-file-name.ts';
import type { CellPlace, FormIssues } from '../issues/form-issues.ts';
import type { FileNeed } from '../model.ts';

/** The files that a form names beside itself, each told once, where it is first named. */
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
