import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { compileForm } from '../../../shared/form/compile/compile-form.ts';
import { glossaryFrom } from '../../../shared/form/validate/glossary.ts';
import { validateAnswers } from '../../../shared/form/validate/validate.ts';
import { InstanceId } from '../../../shared/ids.ts';
import { readForm, vocabularyRows } from '../../support/forms-folder.ts';

const Activity = z.strictObject({
  code: z.string(),
  kind: z.string(),
  title: z.string(),
  title_en: z.string(),
  description: z.string(),
  actors: z.array(z.strictObject({ name: z.string() })).min(1),
  resources: z.string(),
  when: z.strictObject({
    precision: z.enum(['day', 'month']),
    date: z.iso.date().optional(),
    month: z.string().optional(),
    order: z.int(),
  }),
  place_decided: z.enum(['yes', 'no']),
  zones: z
    .array(
      z.strictObject({ place: z.string(), region: z.string(), departement: z.string().optional() }),
    )
    .optional(),
  criteria: z.array(z.strictObject({ text: z.string() })).min(1),
});

const PlanFile = z.strictObject({
  plan: z.strictObject({
    id: z.string(),
    title: z.strictObject({ fr: z.string(), en: z.string() }),
    start: z.iso.date(),
    end: z.iso.date(),
  }),
  activities: z.array(z.strictObject({ instanceId: InstanceId, answers: Activity })),
});

const file = new URL('../../../forms/plan.yaml', import.meta.url);
const { plan, activities } = PlanFile.parse(parse(readFileSync(file, 'utf8')));

const vocabularies = vocabularyRows();
const series = (prefix: string) =>
  activities.map(({ answers }) => answers).filter(({ code }) => code.startsWith(`${prefix}-`));

describe("the thematic group's plan", () => {
  it('has ten meetings, one a month from September 2018 to June 2019', () => {
    const months = series('rencontre').map(({ when }) => when.month ?? when.date);
    expect(months).toEqual([
      '2018-09-24',
      '2018-10',
      '2018-11',
      '2018-12',
      '2019-01',
      '2019-02',
      '2019-03',
      '2019-04',
      '2019-05',
      '2019-06',
    ]);
  });

  it('has four steps towards the map, every second month, in Dakar', () => {
    const steps = series('cartographie');
    expect(steps.map(({ when }) => when.month)).toEqual([
      '2018-10',
      '2018-12',
      '2019-02',
      '2019-04',
    ]);
    for (const { zones } of steps) expect(zones).toEqual([{ place: 'Dakar', region: 'SN01' }]);
  });

  it('has nothing else, and each in its order', () => {
    expect(activities).toHaveLength(14);
    for (const prefix of ['rencontre', 'cartographie']) {
      const orders = series(prefix).map(({ when }) => when.order);
      expect(orders).toEqual(orders.map((_, index) => index + 1));
    }
  });

  it('knows the place of three meetings, and says of the others that it is not decided', () => {
    const decided = series('rencontre').filter((answers) => answers.place_decided === 'yes');
    expect(decided.map(({ zones }) => zones?.map(({ region }) => region))).toEqual([
      ['SN01'],
      ['SN01'],
      ['SN01'],
    ]);
  });

  it('carries every success criterion of the minutes', () => {
    const counts = (prefix: string) => series(prefix).map(({ criteria }) => criteria.length);
    expect(counts('rencontre')).toEqual([1, 1, 2, 1, 2, 2, 2, 3, 2, 2]);
    expect(counts('cartographie')).toEqual([2, 1, 1, 1]);
  });

  it('lasts a year, in which every activity falls', () => {
    expect([plan.start, plan.end]).toEqual(['2018-07-24', '2019-07-23']);
    for (const { answers } of activities) {
      const when = answers.when.date ?? `${answers.when.month ?? ''}-01`;
      expect(when >= plan.start && when <= plan.end, answers.code).toBe(true);
    }
  });

  it('has codes and ids of its own', () => {
    expect(new Set(activities.map(({ instanceId }) => instanceId)).size).toBe(14);
    expect(new Set(activities.map(({ answers }) => answers.code)).size).toBe(14);
  });

  it.each(activities)('is right by the form plan-activity: $instanceId', ({ answers }) => {
    const { model } = compileForm('plan-activity', readForm('plan-activity'), vocabularies);
    if (model === undefined) throw new Error('plan-activity does not compile');
    const plain = z.json().parse(JSON.parse(JSON.stringify(answers)));
    const result = validateAnswers(model, plain, {
      now: new Date('2018-07-24T16:30:00Z'),
      uuid: () => '00000000-0000-4000-8000-000000000000',
      glossary: glossaryFrom(vocabularies.get('glossary') ?? []),
    });
    expect(result.errors).toEqual([]);
    expect(result.warnings).toEqual([]);
  });
});
