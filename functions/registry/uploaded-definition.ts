import { Fault } from '../../shared/fault.ts';
import type { FaultDetail } from '../../shared/fault.ts';
import { FormDefinition, rowNumber } from '../../shared/form/definition.ts';
import { readYaml } from '../../shared/form/read-yaml.ts';
import { faultsOf } from '../../shared/http/schema-faults.ts';
import type { JsonObject } from '../../shared/json.ts';

const cell = /^\/(survey|choices|entities)\/(\d+)(?:\/(.*))?$/s;

/** The same fault with the place where its author will look for it in a workbook. */
function placed(fault: FaultDetail): FaultDetail {
  const [, sheet, index, column] = cell.exec(fault.pointer) ?? [];
  if (sheet === undefined) return fault;
  return { ...fault, at: { sheet, row: rowNumber(Number(index)), column: column ?? '' } };
}

/**
 * A form's definition as it was uploaded: text is YAML, an object is JSON. Throws Fault
 * `invalid-form` with every place where it is not made of sheets, rows and cells.
 */
export function uploadedDefinition(body: string | JsonObject): FormDefinition {
  if (typeof body === 'string') return readYaml(body);
  const definition = FormDefinition.safeParse(body, { reportInput: true });
  if (definition.success) return definition.data;
  throw new Fault('invalid-form', { errors: faultsOf(definition.error).map(placed) });
}
