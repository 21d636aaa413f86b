import { Fault } from '../../shared/fault.ts';
import type { FaultDetail } from '../../shared/fault.ts';
import { FormDefinition, rowNumber } from '../../shared/form/definition.ts';
import type { FormIssue } from '../../shared/form/model.ts';
import { readYaml } from '../../shared/form/read-yaml.ts';
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
 * A form's definition as it was uploaded, with what was left out of it: text is YAML, bytes are an
 * Excel workbook, an object is JSON. Throws Faults `invalid-form` with every place where it is not
 * made of sheets, rows and cells, and `body-too-large` for a workbook that swells when it is unpacked.
 */
export async function uploadedDefinition(
  body: string | Uint8Array | JsonObject,
): Promise<{ definition: FormDefinition; warnings: readonly FormIssue[] }> {
  if (body instanceof Uint8Array) {
    // Few requests bring a workbook: no other should pay for loading what reads it.
    const { readWorkbook } = await import('../../shared/form/xlsx/read-workbook.ts');
    return readWorkbook(body);
  }
  if (typeof body === 'string') return { definition: readYaml(body), warnings: [] };
  const definition = FormDefinition.safeParse(body, { reportInput: true });
  if (definition.success) return { definition: definition.data, warnings: [] };
  throw new Fault('invalid-form', { errors: faultsOf(definition.error).map(placed) });
}
