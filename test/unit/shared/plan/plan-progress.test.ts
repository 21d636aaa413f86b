import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, daysOfMonth, isDay } from '../../../../shared/plan/days.ts';
import type { ActivityReport, PlannedActivity } from '../../../../shared/plan/plan.ts';
import { progress } from '../../../../shared/plan/plan-progress.ts';

function activity(more: Partial<PlannedActivity> = {}): PlannedActivity {
  return {
    id: 'a',
    kind: 'meeting',
    title: { fr: 'Rencontre', en: 'Meeting' },
    who: [],
    resources: null,
    zones: ['Dakar'],
    order: 1,
    start: '2018-10-01',
    end: '2018-10-31',
    cancelled: false,
    criteria: ['one', 'two', 'three'],
    ...more,
  };
}

const report = (heldOn: string | null, criteria: ActivityReport['criteria'] = []) => ({
  activity: 'a',
  heldOn,
  criteria,
});

describe('the state of an activity', () => {
  it.each([
    ['planned', '2018-09-30', [], {}, 0],
    ['due', '2018-10-01', [], {}, 0],
    ['due', '2018-10-31', [], {}, 0],
    ['late', '2018-11-01', [], {}, 1],
    ['late', '2019-01-31', [], {}, 92],
    ['done', '2019-01-31', [report('2018-10-15')], {}, 0],
    ['done', '2018-10-20', [report('2018-09-28')], {}, 0],
    ['done', '2018-12-01', [report('2018-12-01'), report('2018-10-31')], {}, 0],
    ['done-late', '2019-01-31', [report('2018-11-10')], {}, 10],
    ['cancelled', '2019-01-31', [], { cancelled: true }, 0],
    ['done', '2019-01-31', [report('2018-10-15')], { cancelled: true }, 0],
    ['planned', '2019-01-31', [], { start: null, end: null }, 0],
    ['done', '2019-01-31', [report(null)], {}, 0],
  ] as const)('is %s on %s', (state, asOf, reports, more, daysLate) => {
    const { activities } = progress('plan', [activity(more)], reports, asOf);
    expect(activities[0]).toMatchObject({ state, daysLate, reports: reports.length });
  });
});

describe('progress', () => {
  const plan = [
    activity({ id: 'later', start: '2018-12-01', end: '2018-12-31' }),
    activity({ id: 'a' }),
    activity({ id: 'second', order: 2 }),
    activity({ id: 'gone', cancelled: true, start: '2017-01-01', end: '2017-01-31' }),
    activity({ id: 'dateless', start: null, end: null }),
  ];

  it('counts by kind and by zone, an activity in two zones in both', () => {
    const { byKind, byZone } = progress(
      'plan',
      [
        activity({ id: 'a', kind: 'meeting', zones: ['Dakar', 'Pikine'] }),
        activity({ id: 'b', kind: 'workshop', zones: ['Dakar'] }),
        activity({ id: 'c', kind: null, zones: [], cancelled: true }),
      ],
      [report('2018-10-02')],
      '2018-10-16',
    );
    expect(Object.keys(byKind)).toEqual(['meeting', 'workshop']);
    expect(byKind).toMatchObject({
      meeting: { done: 1, due: 0, cancelled: 0 },
      workshop: { done: 0, due: 1, cancelled: 0 },
    });
    expect(byZone).toMatchObject({ Dakar: { done: 1, due: 1 }, Pikine: { done: 1, due: 0 } });
  });

  it('counts, orders by date and rank, and names what comes next', () => {
    const found = progress('plan', plan, [report('2018-10-02')], '2018-10-16');
    expect(found).toMatchObject({
      plan: 'plan',
      asOf: '2018-10-16',
      counts: { planned: 2, due: 1, done: 1, doneLate: 0, late: 0, cancelled: 1 },
      percentDone: 25,
      percentElapsed: 16,
      next: { id: 'second', start: '2018-10-01' },
    });
    expect(found.activities.map(({ id }) => id)).toEqual([
      'gone',
      'a',
      'second',
      'later',
      'dateless',
    ]);
  });

  it('has the members of the design, and no others, in an activity', () => {
    const [first] = progress('plan', [activity()], [], '2018-10-16').activities;
    expect(Object.keys(first ?? {}).sort()).toEqual(
      [
        'criteria',
        'daysLate',
        'end',
        'heldOn',
        'id',
        'kind',
        'order',
        'reports',
        'resources',
        'start',
        'state',
        'title',
        'who',
        'zones',
      ].sort(),
    );
  });

  it('takes of each criterion what the last report says of it', () => {
    const reports = [
      report('2018-10-20', [{ rank: 1, state: 'met' }]),
      report('2018-10-10', [
        { rank: 1, state: 'notMet' },
        { rank: 2, state: 'partly' },
        { rank: 9, state: 'met' },
      ]),
    ];
    const found = progress('plan', [activity()], reports, '2018-11-01');
    expect(found.criteria).toEqual({ met: 1, partly: 1, notMet: 0, open: 1 });
    expect(found.activities[0]?.criteria).toEqual([
      { text: 'one', state: 'met' },
      { text: 'two', state: 'partly' },
      { text: 'three', state: 'open' },
    ]);
  });

  it.each([
    ['2018-09-01', 0],
    ['2018-10-01', 0],
    ['2018-11-16', 50],
    ['2019-01-01', 100],
    ['2020-01-01', 100],
  ])('says on %s that %i per cent of the time is gone', (asOf, percentElapsed) => {
    expect(progress('plan', plan, [], asOf).percentElapsed).toBe(percentElapsed);
  });

  it('of no plan at all is nothing', () => {
    expect(progress('plan', [], [], '2018-10-16')).toMatchObject({
      percentDone: 0,
      percentElapsed: 0,
      next: null,
      activities: [],
    });
  });
});

describe('days', () => {
  it.each([
    ['2018-02', { start: '2018-02-01', end: '2018-02-28' }],
    ['2020-02', { start: '2020-02-01', end: '2020-02-29' }],
    ['2018-12', { start: '2018-12-01', end: '2018-12-31' }],
    ['2018-13', undefined],
    ['', undefined],
  ])('of the month %s are %o', (month, days) => expect(daysOfMonth(month)).toEqual(days));

  it('are counted over the ends of months and years', () => {
    expect(daysBetween('2018-12-31', '2019-03-01')).toBe(60);
    expect(addDays('2020-02-28', 2)).toBe('2020-03-01');
    expect(['2018-02-29', '2018-1-1', 'x'].some(isDay)).toBe(false);
  });
});
