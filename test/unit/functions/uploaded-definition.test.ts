import { describe, expect, it } from 'vitest';
import { uploadedDefinition } from '../../../functions/registry/uploaded-definition.ts';
import { storedZip } from '../../support/stored-zip.ts';
import { faultOf } from '../../support/fault-of.ts';
import { workbookParts } from '../../support/workbook-file.ts';

const survey = [{ type: 'text', name: 'nom', label: 'Nom' }];
const sheets = [
  { name: 'survey', rows: [Object.keys(survey[0] ?? {}), Object.values(survey[0] ?? {})] },
  { name: 'autre', rows: [] },
];

describe('the definition that was uploaded', () => {
  it.each([
    ['YAML', 'survey:\n  - { type: text, name: nom, label: Nom }\n', []],
    ['JSON', { survey }, []],
    ['a workbook', storedZip(workbookParts({ sheets })), ['unknown-sheet']],
  ])('is read from %s, with what was left out', async (_, body, codes) => {
    const { definition, warnings } = await uploadedDefinition(body);
    expect(definition).toEqual({ survey, choices: [], settings: {} });
    expect(warnings.map(({ code }) => code)).toEqual(codes);
  });

  it.each([
    ['YAML', 'survey: [{ type: text, name: nom, label: Nom }]\nfiles: { x.csv: [{ name: a }] }\n'],
    ['JSON', { survey, files: { 'x.csv': [{ name: 'a' }] } }],
  ])('brings no rows of files along in %s', async (_, body) => {
    const { definition, warnings } = await uploadedDefinition(body);
    expect(definition).toEqual({ survey, choices: [], settings: {} });
    expect(warnings.map(({ code }) => code)).toEqual(['files-left-out']);
  });

  it.each([
    ['YAML', 'survey:\n  - type: [text]\n'],
    ['JSON', { survey: [{ type: ['text'] }] }],
    [
      'a workbook',
      storedZip(
        workbookParts({
          sheets: [{ name: 'survey', rows: [['type'], [{ xml: '<f>Z9</f>' }]] }],
        }),
      ),
    ],
  ])('is refused with sheet, row and column from %s', async (_, body) => {
    const { code, errors } = await faultOf(uploadedDefinition(body));
    expect(code).toBe('invalid-form');
    expect(errors.map(({ at }) => at)).toEqual([{ sheet: 'survey', row: 2, column: 'type' }]);
  });

  it('is refused in a sheet of external choices too', async () => {
    const body = { survey, external_choices: [{}, { name: [] }] };
    const { errors } = await faultOf(uploadedDefinition(body));
    expect(errors[0]?.at).toEqual({ sheet: 'external_choices', row: 3, column: 'name' });
  });
});
