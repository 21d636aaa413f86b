import fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import { calendar } from '../../../../shared/plan/calendar.ts';
import type { ActivityProgress } from '../../../../shared/plan/plan.ts';

function activity(more: Partial<ActivityProgress> = {}): ActivityProgress {
  return {
    id: 'rencontre-01',
    kind: null,
    title: { fr: 'Mots ; conventions, et retours\\à la ligne', en: 'Words' },
    who: ['OIM', 'Autorités locales'],
    resources: 'Documents\net textes',
    zones: ['Dakar', 'Pikine'],
    order: 1,
    start: '2018-10-01',
    end: '2018-10-31',
    state: 'planned',
    heldOn: null,
    daysLate: 0,
    criteria: [],
    reports: 0,
    ...more,
  };
}

const options = { name: 'Plan d’action', stamp: '2018-09-01T08:30:15.123Z' };

function eventsOf(text: string): ICAL.Event[] {
  const component = new ICAL.Component(ICAL.parse(text) as unknown[]);
  return component.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));
}

describe('the calendar', () => {
  it('is read by another program as it was meant', () => {
    const text = calendar({ activities: [activity()] }, options);
    const [event] = eventsOf(text);
    expect(event?.uid).toBe('rencontre-01@plan.fiche');
    expect(event?.summary).toBe('Mots ; conventions, et retours\\à la ligne');
    expect(event?.description).toBe('OIM, Autorités locales\nDocuments\net textes');
    expect(event?.location).toBe('Dakar, Pikine');
    expect(event?.startDate.isDate).toBe(true);
    expect(event?.startDate.toString()).toBe('2018-10-01');
    expect(event?.endDate.toString()).toBe('2018-11-01');
    expect(text).toContain('DTSTAMP:20180901T083015Z\r\n');
  });

  it.each([
    ['planned', 'TENTATIVE'],
    ['done-late', 'CONFIRMED'],
    ['cancelled', 'CANCELLED'],
  ] as const)('gives an activity that is %s the status %s', (state, status) => {
    expect(calendar({ activities: [activity({ state })] }, options)).toContain(`STATUS:${status}`);
  });

  it('shows on which day an activity was held', () => {
    const [event] = eventsOf(
      calendar({ activities: [activity({ heldOn: '2018-11-05' })] }, options),
    );
    expect(event?.startDate.toString()).toBe('2018-11-05');
    expect(event?.endDate.toString()).toBe('2018-11-06');
  });

  it('leaves out what has no date', () => {
    const text = calendar({ activities: [activity({ start: null, end: null })] }, options);
    expect(eventsOf(text)).toEqual([]);
  });

  it('folds any text at 75 octets and keeps it whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (fr) => {
        const text = calendar({ activities: [activity({ title: { fr, en: '' } })] }, options);
        const lines = text.split('\r\n');
        expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
        const plain = fr.replaceAll(/\r\n|\r/g, '\n').replaceAll(/(?![\t\n])\p{Cc}/gu, '');
        expect(eventsOf(text)[0]?.summary ?? '').toBe(plain);
      }),
    );
  });
});
