import type * as z from 'zod';
import type { OperationRow, SuccessfulResponse } from '../../shared/http/operations/operation.ts';
import * as schemas from '../../shared/http/operations/response-schemas.ts';
import {
  operations,
  type OperationName,
  type OperationNamed,
} from '../../shared/http/operations/table.ts';

type Success = 200 | 201 | 202;
type SchemaOf<Responses> =
  Responses extends Readonly<Partial<Record<Success, (schemas: never) => infer Schema>>>
    ? Schema extends z.ZodType
      ? Schema
      : never
    : never;

/** What the success of an operation says, by the schema that its row names. */
export function responseOf<Name extends OperationName>(
  name: Name,
): SchemaOf<OperationNamed<Name>['responses']> {
  const row: OperationRow | undefined = operations.find(({ operation }) => operation === name);
  const [response] = row === undefined ? [] : Object.values<SuccessfulResponse>(row.responses);
  if (typeof response !== 'function') throw new TypeError(`${name} answers no JSON.`);
  return response(schemas) as SchemaOf<OperationNamed<Name>['responses']>;
}
