import { Fault } from '../../shared/fault.ts';
import type { FaultDetail } from '../../shared/fault.ts';
import { rowNumber, type FormDefinition } from '../../shared/form/definition.ts';
import { FormDefinitionSchema } from '../../shared/form/definition-schema.ts';
import type { FormIssue } from '../../shared/form/model.ts';
import { readYaml } from '../../shared/form/files/read-yaml.ts';
import { faultsOf } from '../../shared/http/schema-faults.ts';
import type { JsonObject } from '../../shared/json.ts';

const cell = /^\/(survey|choices|entities|external_choices)\/(\d+)(?:\/(.*))?$/s;

/** The same fault with the place where its author will look for it in a workbook. */
function placed(fault: FaultDetail): FaultDetail {
  const [, sheet, index, column] = cell.exec(fault.pointer) ?? [];
  if (sheet === undefined) return fault;
  return { ...fault, at: { sheet, row: rowNumber(Number(index)), column: column ?? '' } };
}

/**
 * Rows of list files are those of the files that the form has: a definition that brought its own would
 * be judged by other lists than phones get.
 */
function withoutFiles(uploaded: FormDefinition): {
  definition: FormDefinition;
  warnings: readonly FormIssue[];
} {
  const { files, ...definition } = uploaded;
  if (files === undefined) return { definition, warnings: [] };
  const names = Object.keys(files).slice(0, 20).join(', ');
  const message = {
    fr: `Les lignes données sous « files » (${names}) ne sont pas lues : déposez ces fichiers eux-mêmes avec la fiche.`,
    en: `The rows given under "files" (${names}) are not read: upload these files themselves with the form.`,
  };
  const warning = { sheet: 'files', row: 0, column: '', code: 'files-left-out', message };
  return { definition, warnings: [warning] };
}

/**
 * A form's definition as it was uploaded, with what was left out of it: text is YAML, bytes are an
 * Excel workbook, an object is JSON. Throws Faults `invalid-form` with every place where it is not
 * made of sheets, rows and cells, and `body-too-large` for a workbook that swells when it is unpacked.
 */
export async function uploadedDefinition(
  body: string | Uint8Array | JsonObject,
): Promise<{ definition: FormDefinition; warnings: readonly FormIssue[] }> {
  if (body instanceof Uint8Array) {
    // Few requests bring a workbook: no other should pay for loading what reads it.
    const { readWorkbook } = await import('../../shared/form/files/read-workbook.ts');
    return readWorkbook(body);
  }
  if (typeof body === 'string') return withoutFiles(readYaml(body));
  const definition = FormDefinitionSchema.safeParse(body, { reportInput: true });
  if (definition.success) return withoutFiles(definition.data);
  throw new Fault('invalid-form', { errors: faultsOf(definition.error).map(placed) });
}
