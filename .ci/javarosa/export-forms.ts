/** Writes XForms into a folder, with the files that they need: of every built-in form, and of one that has every type of question. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileForm } from '../../shared/form/compile/compile-form.ts';
import type { FormDefinition } from '../../shared/form/definition.ts';
import { readListFile } from '../../shared/form/files/list-file.ts';
import { writeXForm } from '../../shared/form/xform/write-xform.ts';
import { everyTypeForm, towns } from '../../test/support/every-type-form.ts';
import { formsInFolder, readForm, vocabularyRows } from '../../test/support/forms-folder.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Into which folder?');
mkdirSync(folder, { recursive: true });
const vocabularies = vocabularyRows();
const files = new Map([[towns.name, readListFile(towns.name, towns.bytes)]]);

function writeForm(formId: string, definition: FormDefinition): void {
  const { model, errors } = compileForm(formId, definition, vocabularies, files);
  if (model === undefined) throw new Error(`${formId}: ${JSON.stringify(errors)}`);
  writeFileSync(join(folder ?? '', `${formId}.xml`), writeXForm(model));
}

for (const formId of formsInFolder()) writeForm(formId, readForm(formId));
writeForm('every-type', everyTypeForm);
writeFileSync(join(folder, towns.name), towns.bytes);
