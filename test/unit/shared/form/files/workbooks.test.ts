import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileForm, type CompiledForm } from '../../../../../shared/form/compile/compile-form.ts';
import type { FormDefinition } from '../../../../../shared/form/definition.ts';
import type { FormIssue } from '../../../../../shared/form/model.ts';
import { readWorkbook } from '../../../../../shared/form/files/read-workbook.ts';
import { writeWorkbook } from '../../../../../shared/form/files/write-workbook.ts';
import { workbooks, workbooksFolder } from '../../../../support/write-workbooks.ts';
import '../../../../support/engines.ts';

async function read(name: string): ReturnType<typeof readWorkbook> {
  return readWorkbook(readFileSync(new URL(`${name}.xlsx`, workbooksFolder)));
}

async function compiled(name: string): Promise<CompiledForm> {
  return compileForm(name, (await read(name)).definition, new Map());
}

const places = (issues: readonly FormIssue[]): string[] =>
  issues.map(({ sheet, row, column, code }) => `${sheet} ${row} ${column}: ${code}`);

describe('the workbooks of the fixtures', () => {
  it('are those that node test/support/write-workbooks.ts writes', () => {
    expect(readdirSync(workbooksFolder).sort()).toEqual([...workbooks.keys()]);
    for (const [name, bytes] of workbooks) {
      const saved = readFileSync(new URL(name, workbooksFolder));
      expect(saved.equals(bytes), name).toBe(true);
    }
  });

  it.each([...workbooks.keys()])(
    'come back from being written as they were read: %s',
    async (name) => {
      const { definition } = await read(name.replace('.xlsx', ''));
      const again: FormDefinition = (await readWorkbook(await writeWorkbook(definition)))
        .definition;
      expect(JSON.stringify(again)).toBe(JSON.stringify(definition));
    },
  );

  it('hold a form of an NGO for KoboToolbox, which is right', async () => {
    const { warnings } = await read('migrant-services');
    expect(warnings).toEqual([]);
    const { model, errors } = await compiled('migrant-services');
    expect(errors).toEqual([]);
    expect(model?.settings.title.get('fr')).toBe('Services aux migrants');
    expect(model?.settings.version).toBe('vX1 (2027-01-31 08:30:00)');
    expect(model?.languages).toEqual(['fr', 'en']);
    expect(model?.repeats.map(({ name, row, count }) => [name, row, count !== undefined])).toEqual([
      ['permanence', 22, true],
    ]);
    const question = (name: string) => model?.questions.find((one) => one.name === name);
    expect(question('departement')?.choiceFilter).toBeDefined();
    expect(question('departement')?.list?.choices[0]?.columns.get('region')).toBe('dakar');
    expect(question('telephone')?.hint.get('en')).toBe('Nine digits, no space.');
    expect(question('a')?.path).toEqual(['permanence', 'a']);
    expect(question('besoin')?.parameters.get('end')).toBe('10');
  });

  it('hold a form in which much is wrong, told where it stands', async () => {
    const { warnings } = await read('messy');
    expect(places(warnings)).toEqual([
      'Lisez-moi 0 : unknown-sheet',
      'setting 0 : unknown-sheet',
      'survey 2 F: column-without-heading',
    ]);
    const { model, errors } = await compiled('messy');
    expect(model).toBeUndefined();
    expect(places(errors)).toEqual(
      expect.arrayContaining([
        'survey 4 name: duplicate-name',
        'survey 5 type: unknown-type',
        'survey 6 type: unknown-list',
        'survey 7 name: invalid-name',
        'survey 8 relevant: unknown-reference',
        'survey 9 type: unbalanced-group',
        'survey 10 calculation: cycle',
        'survey 12 relevant: unexpected-token',
        'choices 3 name: duplicate-choice',
        'choices 4 list_name: missing-list-name',
        'choices 5 name: missing-choice-name',
      ]),
    );
  });

  it('hold a form of numbers, dates, truths and formulas, read as what they show', async () => {
    const { definition, warnings } = await read('cell-kinds');
    expect(warnings).toEqual([]);
    expect(definition.survey.map(({ label }) => label)).toEqual([
      'Date de la visite',
      'Heure',
      'Ménages de Pikine',
      'Taux',
      'Niveau',
      'Suite',
      'Code',
    ]);
    expect(definition.settings).toEqual({
      form_title: 'Cellules',
      version: 2027013101,
      due: '2027-02-28',
    });
    const { model, errors } = await compiled('cell-kinds');
    expect(errors).toEqual([]);
    expect(
      model?.questions.map(({ name, required, default: value }) => [name, required, value]),
    ).toEqual([
      ['visite', true, '2027-01-31'],
      ['heure', false, '08:30:00'],
      ['menages', false, '20'],
      ['taux', false, '0.1'],
      ['niveau', false, '1'],
      ['suite', false, undefined],
      ['code', false, '0123'],
    ]);
    expect(model?.lists.get('niveau')?.choices.map(({ name }) => name)).toEqual(['1', '2', '3']);
  });

  it('hold a form with links, macros and hidden sheets, of which nothing is followed or run', async () => {
    const { definition, warnings } = await read('linked');
    expect(places(warnings)).toEqual([
      ' 0 : macros-left-out',
      ' 0 : links-not-followed',
      'types 0 : unknown-sheet',
    ]);
    expect(definition.survey[2]?.['label']).toBe('1500 F');
    expect(definition.choices[0]?.['label']).toBe('Dakar');
    expect((await compiled('linked')).errors).toEqual([]);
  });
});
