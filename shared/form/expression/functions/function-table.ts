import { dateFunctions } from './date-functions.ts';
import type { FunctionRow } from './function-row.ts';
import { geoFunctions } from './geo-functions.ts';
import { logicFunctions } from './logic-functions.ts';
import { nodeFunctions } from './node-functions.ts';
import { numberFunctions } from './number-functions.ts';
import { selectFunctions } from './select-functions.ts';
import { textFunctions } from './text-functions.ts';

/** Every function that an expression may call. */
export const functionTable: ReadonlyMap<string, FunctionRow> = new Map(
  [
    ...logicFunctions,
    ...numberFunctions,
    ...textFunctions,
    ...dateFunctions,
    ...selectFunctions,
    ...nodeFunctions,
    ...geoFunctions,
  ].map((row) => [row.name, row]),
);
