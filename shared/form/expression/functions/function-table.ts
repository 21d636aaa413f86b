import { dateFunctions } from './date-functions.ts';
import type { FunctionRow } from './function-row.ts';
import { geoFunctions } from './geo-functions.ts';
import { logicFunctions } from './logic-functions.ts';
import { nodeFunctions } from './node-functions.ts';
import { numberFunctions } from './number-functions.ts';
import { selectFunctions } from './select-functions.ts';
import { textFunctions } from './text-functions.ts';
import type { Bilingual } from '../../../text.ts';

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

/** Functions of XForms that are not for authors of XLSForms, with what to do instead. */
export const refusedFunctions: ReadonlyMap<string, Bilingual> = new Map([
  [
    'jr:itext',
    {
      fr: 'jr:itext() appartient à XForms : traduisez dans les colonnes label::Langue (code).',
      en: 'jr:itext() belongs to XForms: translate in the columns label::Language (code).',
    },
  ],
]);
