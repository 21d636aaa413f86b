import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileForm } from '../../../../../shared/form/compile/compile-form.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { differences } from '../../../../../shared/submission/records/differences.ts';
import { surveyForm } from '../../../../support/submission-world.ts';

const { model } = compileForm('survey', surveyForm('1'), new Map());

const between = (before: JsonObject, after: JsonObject) =>
  differences(before, after, { prefix: '', model });

describe('differences', () => {
  it.each<[string, JsonObject, JsonObject, string[]]>([
    ['nothing', { title: 'a' }, { title: 'a' }, []],
    ['an answer', { title: 'a' }, { title: 'b' }, ['/title']],
    ['an answer that came', {}, { title: 'b' }, ['/title']],
    ['an answer that went', { title: 'a' }, {}, ['/title']],
    ['no answer and null', { title: null }, {}, []],
    ['a number and its text', { people: 1 }, { people: '1' }, ['/people']],
    ['an answer in a group', { contact: { email: 'a' } }, { contact: {} }, ['/contact/email']],
    ['a group that came', {}, { contact: { email: 'a' } }, ['/contact/email']],
    ['codes, as one answer', { services: ['food'] }, { services: ['food', 'care'] }, ['/services']],
    [
      'a place, as one answer',
      { where: { lat: 1, lon: 2 } },
      { where: { lat: 1, lon: 3, accuracy: 4 } },
      ['/where'],
    ],
    [
      'the order of members of a place',
      { where: { lat: 1, lon: 2 } },
      { where: { lon: 2, lat: 1 } },
      [],
    ],
    [
      'an instance of a repeat',
      { sites: [{ place: 'a' }, { place: 'b' }] },
      { sites: [{ place: 'a' }, { place: 'c' }] },
      ['/sites/1/place'],
    ],
    ['instances that came', {}, { sites: [{ place: 'a' }] }, ['/sites/0/place']],
    [
      'an instance that went',
      { sites: [{ place: 'a' }, { place: 'b' }] },
      { sites: [{ place: 'a' }] },
      ['/sites/1/place'],
    ],
    ['all instances that went', { sites: [{ place: 'a' }] }, { sites: [] }, ['/sites']],
    ['what the form does not know', { old: { x: 1 } }, { old: { x: 2 } }, ['/old/x']],
    [
      'names that mean something to JavaScript',
      {},
      { toString: 'a', constructor: 'b' },
      ['/toString', '/constructor'],
    ],
    ['names that a pointer escapes', {}, { 'a/b~c': 1 }, ['/a~1b~0c']],
  ])('tells %s', (_, before, after, pointers) => {
    expect(between(before, after).map(({ pointer }) => pointer)).toEqual(pointers);
    expect(between(after, before).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('begins pointers with the prefix and says before and after', () => {
    expect(differences({ title: 'a' }, {}, { prefix: '/answers', model })).toEqual([
      { pointer: '/answers/title', before: 'a', after: null },
    ]);
  });

  it('finds none between equal answers, and each one that was changed', () => {
    const answers = fc.record(
      {
        title: fc.string(),
        people: fc.integer(),
        contact: fc.record({ email: fc.string() }),
        sites: fc.array(fc.record({ place: fc.string() }), { minLength: 1, maxLength: 4 }),
        services: fc.subarray(['food', 'care']),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(answers, answers, (one, other) => {
        expect(between(one, one)).toEqual([]);
        const found = new Set(between(one, other).map(({ pointer }) => pointer));
        expect(found.has('/title')).toBe(one.title !== other.title);
        expect(found.has('/people')).toBe(one.people !== other.people);
        expect(found.has('/contact/email')).toBe(one.contact.email !== other.contact.email);
        expect(found.has('/sites/0/place')).toBe(one.sites[0]?.place !== other.sites[0]?.place);
        expect(found.has('/services')).toBe(String(one.services) !== String(other.services));
      }),
    );
  });
});
