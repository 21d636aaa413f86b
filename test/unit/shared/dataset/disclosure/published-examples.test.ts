import { describe, expect, it } from 'vitest';
import { chooseLevels, lossesOf } from '../../../../../shared/dataset/disclosure/choose-levels.ts';
import { QuasiIdentifiers } from '../../../../../shared/dataset/disclosure/quasi-identifiers.ts';
import {
  EquivalenceClasses,
  type Entry,
} from '../../../../../shared/dataset/disclosure/equivalence-classes.ts';
import {
  identifiersOf,
  sensitivesOf,
  type Sensitive,
} from '../../../../../shared/dataset/rows/identifiers.ts';
import { publishable } from '../../../../../shared/dataset/disclosure/publishable.ts';
import { globalRisk, riskReport } from '../../../../../shared/dataset/disclosure/risk-report.ts';
import type { Risk } from '../../../../../shared/dataset/versions/disclosure-risk.ts';
import { layoutOf } from '../../../../../shared/dataset/rows/layout.ts';
import { modelOf } from '../../../../support/form-source.ts';

/**
 * Ten respondents: residence, gender, education level, labour status, and whether health is good.
 * From "Statistical Disclosure Control for Microdata: A Practice Guide for sdcMicro" (World Bank, IHSN),
 * chapter "Measuring Risk", https://sdcpractice.readthedocs.io/en/latest/measure_risk.html: the first
 * four in the table "Example dataset showing sample frequencies, population frequencies and individual
 * disclosure risk" (tab41), health in "l-diversity illustration" (tab43).
 */
const practiceGuide = [
  ['urban', 'female', 'secondary_incomplete', 'employed', 'yes'],
  ['urban', 'female', 'secondary_incomplete', 'employed', 'yes'],
  ['urban', 'female', 'primary_incomplete', 'non_lf', 'yes'],
  ['urban', 'male', 'secondary_complete', 'employed', 'yes'],
  ['rural', 'female', 'secondary_complete', 'unemployed', 'yes'],
  ['urban', 'male', 'secondary_complete', 'employed', 'no'],
  ['urban', 'female', 'primary_complete', 'non_lf', 'no'],
  ['urban', 'male', 'post_secondary', 'unemployed', 'yes'],
  ['urban', 'female', 'secondary_incomplete', 'non_lf', 'no'],
  ['urban', 'female', 'secondary_incomplete', 'non_lf', 'yes'],
] as const;
const practiceColumns = ['residence', 'gender', 'education', 'labour'] as const;

/**
 * Seven patients: birth, gender, id, and their problem. From the "Technical Reports and Specifications"
 * of ITU-T in "Shaping smarter and more sustainable cities" (2016), page 731, table 7 "Anonymized medical
 * record", https://www.itu.int/en/publications/Documents/tsb/2016-Shaping-smarter-and-more-sustainable-cities/files/basic-html/page741.html
 */
const patients = [
  ['1970', 'male', '121', 'cold'],
  ['1970', 'male', '121', 'obesity'],
  ['1970', 'male', '121', 'diabetes'],
  ['198*', 'human', '12*', 'diabetes'],
  ['198*', 'human', '12*', 'obesity'],
  ['198*', 'human', '12*', 'diabetes'],
  ['198*', 'human', '12*', 'cold'],
] as const;
const patientColumns = ['birth', 'gender', 'id'] as const;

interface Wanted {
  readonly k?: number;
  /** 0: the last column is no sensitive question. */
  readonly l?: number;
}

/** A table as records of a form with a question for each column; the last column is the sensitive one. */
class PublishedTable {
  readonly classes: EquivalenceClasses;
  readonly sensitives: readonly Sensitive[];
  /** The entry of each record, in the order of the table. */
  readonly entries: readonly Entry[];
  readonly #total: number;
  readonly #k: number;

  constructor(
    columns: readonly string[],
    rows: readonly (readonly string[])[],
    { k = 2, l = 0 }: Wanted = {},
  ) {
    const model = modelOf({
      survey: [
        ...columns.map((name) => ({
          type: 'select_one l',
          name,
          visibility: 'public',
          quasi_identifier: 'yes',
        })),
        {
          type: 'select_one l',
          name: 'problem',
          visibility: 'public',
          ...(l > 0 && { sensitive: String(l) }),
        },
      ],
      choices: ['a', 'b'].map((name) => ({ list_name: 'l', name })),
      settings: { version: '1', k, ...(k < 3 && { low_k: 'yes' }) },
    });
    const layout = layoutOf([model]);
    const identifiers = identifiersOf(layout, [model]);
    this.sensitives = sensitivesOf(layout, [model], identifiers);
    const wanted = this.sensitives.map(({ l: different }) => different);
    this.classes = new EquivalenceClasses(
      new QuasiIdentifiers(identifiers, this.sensitives),
      wanted,
    );
    const keys = rows.map((row) => ({
      cells: {
        tokens: identifiers.map(({ name }, index): readonly [number, string] => {
          const answer = row[columns.indexOf(name)] ?? '';
          return [index, answer === '' ? '' : JSON.stringify(answer)];
        }),
        repeats: [],
      },
      history: '',
      isPublished: false,
      k,
    }));
    for (const [index, key] of keys.entries()) {
      this.classes.add(key, l > 0 ? [[JSON.stringify(rows[index]?.at(-1))]] : []);
    }
    this.entries = keys.flatMap((key) => this.classes.find(key) ?? []);
    [this.#total, this.#k] = [rows.length, k];
  }

  get exact(): readonly number[] {
    return this.classes.quasiIdentifiers.identifiers.map(() => 0);
  }

  /** f_k of each record: how many records have its combination. */
  get frequencies(): readonly number[] {
    return this.entries.map(({ count }) => count);
  }

  /** What the report says if nothing is generalised. */
  get risk(): Omit<Risk, 'blocked'> {
    const published = publishable(this.classes, this.exact);
    const count = [...published.keys()].reduce((sum, entry) => sum + entry.count, 0);
    const choice = { levels: this.exact, published, suppressed: this.#total - count, loss: 0 };
    const aim = { k: this.#k, total: this.#total, maxRisk: 1, maxSuppressed: 1 };
    return riskReport(this.classes, choice, aim, this.sensitives);
  }
}

const practice = (wanted?: Wanted) => new PublishedTable(practiceColumns, practiceGuide, wanted);

describe('the example of the practice guide for sdcMicro', () => {
  it('has its sample frequencies: code41, freq(sdcInitial, type = "fk")', () => {
    expect(practice().frequencies).toEqual([2, 2, 1, 2, 1, 2, 1, 1, 2, 2]);
  });

  it('has "seven unique combinations of values" and "four sample uniques"', () => {
    expect(practice().classes.entries).toHaveLength(7);
    expect(practice().risk).toMatchObject({
      rows: 10,
      sampleUniques: 4,
      before: { '1': 4, '2': 6, '3-4': 0, '5-9': 0, '10+': 0 },
    });
  });

  it.each([
    [2, 4, 0.4],
    [3, 10, 1],
  ])(
    'violates %i-anonymity in %i records: code44, print(sdcInitial, "kAnon")',
    (k, records, share) => {
      expect(practice({ k }).risk).toMatchObject({ suppressed: records, suppressedShare: share });
    },
  );

  // Distinct l-diversity of each record (code46): 1 1 1 2 1 2 1 1 2 2.
  it('satisfies 2-diversity in records 4, 6, 9 and 10 only: code46, ldiversity()', () => {
    const { entries, risk } = practice({ l: 2 });
    const diverse = entries.map(({ diversity }) => (diversity.isDiverse ? 2 : 1));
    expect(diverse).toEqual([1, 1, 1, 2, 1, 2, 1, 1, 2, 2]);
    expect(risk.sensitive).toEqual([
      { question: 'problem', l: 2, homogeneous: { before: 6, after: 0 } },
    ]);
    // Records 1 and 2 satisfy 2-anonymity; their class says that both are well.
    expect(risk.suppressed).toBe(6);
  });

  /*
   * R1 is the sum of f_k · r_k over the keys, divided by n ("Mean of individual risk measures"), and r_k
   * is at worst 1/F_k ("the probability of re-identification in the worst-case scenario"). Here whoever
   * answers is taken for the population, so that F_k = f_k: (3 · 2 · 1/2 + 4 · 1 · 1) / 10 = 0.7.
   * The guide's own 0.01582 is the same mean of risks that it estimates with sampling weights.
   */
  it('has the global risk that the guide defines, of a population as large as the sample', () => {
    const { frequencies, risk } = practice();
    const mean = frequencies.reduce((sum, size) => sum + 1 / size, 0) / frequencies.length;
    expect(risk.globalRisk?.before).toBeCloseTo(mean, 12);
    expect(risk.globalRisk?.before).toBe(0.7);
    // Three classes of two are left.
    expect(risk.globalRisk?.after).toBe(0.5);
  });

  /*
   * Without education, records 3 and 7 share {urban, female, non-LF} with 9 and 10; 5 and 8 stay alone:
   * two uniques fewer. Without residence, gender or labour status nobody who is alone gets company.
   */
  it('owes its uniques to education first', () => {
    expect(practice().risk.drivers[0]).toEqual({ question: 'education', uniques: 2 });
    expect(
      practice()
        .risk.drivers.slice(1)
        .map(({ uniques }) => uniques),
    ).toEqual([0, 0, 0, 0]);
  });

  /*
   * Table tab42: {male, secondary complete, employed}, {male, secondary incomplete, employed} and
   * {male, NA, employed}. sdcMicro lets a missing value be any other and counts 2, 2, 3. Whoever knows
   * who has not answered can tell these three apart: here each is alone.
   */
  it('counts a missing answer as one of its own, unlike sdcMicro', () => {
    const rows = ['secondary_complete', 'secondary_incomplete', ''].map((level) => [
      'male',
      level,
      'employed',
      'x',
    ]);
    const { frequencies } = new PublishedTable(['gender', 'education', 'labour'], rows);
    expect(frequencies).toEqual([1, 1, 1]);
  });
});

describe('the anonymised medical record of ITU-T', () => {
  const table = (wanted: Wanted) => new PublishedTable(patientColumns, patients, wanted);

  it('is 3-anonymous and not 4-anonymous', () => {
    expect(table({ k: 3 }).frequencies).toEqual([3, 3, 3, 4, 4, 4, 4]);
    expect(table({ k: 3 }).risk).toMatchObject({ suppressed: 0, after: { '3-4': 7 } });
    expect(table({ k: 4 }).risk).toMatchObject({ suppressed: 3, after: { '3-4': 4 } });
  });

  // "In all q*-blocks in a data table, there are at least l different sensitive attributes": three in both.
  it.each([
    [3, 0],
    [4, 7],
  ])('is 3-diverse and not 4-diverse: with l = %i, %i records are left out', (l, records) => {
    expect(table({ k: 3, l }).risk).toMatchObject({ suppressed: records });
  });

  // Two blocks, seven records: (3 · 1/3 + 4 · 1/4) / 7.
  it('has a global risk of 2/7', () => {
    expect(table({ k: 3 }).risk.globalRisk?.after).toBeCloseTo(2 / 7, 12);
    expect(globalRisk([3, 4])).toBeCloseTo(2 / 7, 12);
  });
});

/*
 * LM, the loss metric of V. S. Iyengar, "Transforming Data to Satisfy Privacy Constraints" (KDD 2002),
 * by hand: of d answers, one published as one of m loses (m − 1) / (d − 1); suppressed ones lose all.
 */
describe('the loss of the practice guide’s example', () => {
  it('is 0 of what is published as it is, 1 of what is not published, 0 of what says nothing', () => {
    const { quasiIdentifiers, entries } = practice().classes;
    const losses = lossesOf(quasiIdentifiers, entries);
    const names = quasiIdentifiers.identifiers.map(({ name }) => name);
    expect(losses[names.indexOf('education')]).toEqual([0, 1]);
    // All answered to the same version.
    expect(losses[names.indexOf('form_version')]).toEqual([0, 0]);
  });

  /*
   * k = 2. As they are: 4 of 10 records are left out, all else is kept: 0.4. Without education, 5 and 8
   * are left out: 0.2 + 0.8 · 1/4 = 0.4, a tie that leaves fewer out, which is preferred. Any other one
   * without a question loses 0.4 + 0.6 · 1/4 = 0.55, or more with two or three.
   */
  it('is least without education', () => {
    const { classes } = practice();
    const aim = { k: 2, total: 10, maxRisk: 1, maxSuppressed: 1 };
    const levels = chooseLevels(classes, aim);
    const named = classes.quasiIdentifiers.identifiers.map(({ name }, index) => [
      name,
      levels[index],
    ]);
    expect(Object.fromEntries(named)).toEqual({
      form_version: 0,
      residence: 0,
      gender: 0,
      education: 1,
      labour: 0,
    });
  });
});
