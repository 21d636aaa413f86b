import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../../shared/json.ts';
import type { SubmissionState } from '../../../../../shared/submission/records/submission.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { textsInside } from '../../../../support/texts-inside.ts';

type Audience = 'coordinator' | 'members' | 'public';

interface Asked {
  readonly type: 'text' | 'integer' | 'decimal' | 'geopoint' | 'calculate' | 'barcode' | 'file';
  readonly visibility: Audience;
  readonly review: boolean;
  readonly quasi: boolean;
  readonly precision: 'exact' | 'adm2' | 'adm1' | null;
  readonly place: 'top' | 'group' | 'repeat';
}

interface Sent {
  readonly consent: 'yes' | 'no' | undefined;
  readonly state: SubmissionState;
}

interface World {
  readonly questions: readonly Asked[];
  readonly records: readonly Sent[];
  readonly asksConsent: boolean;
  readonly k: number;
}

const asked: fc.Arbitrary<Asked> = fc.record({
  type: fc.constantFrom('text', 'integer', 'decimal', 'geopoint', 'calculate', 'barcode', 'file'),
  visibility: fc.constantFrom('coordinator', 'members', 'public'),
  review: fc.boolean(),
  quasi: fc.boolean(),
  precision: fc.constantFrom('exact', 'adm2', 'adm1', null),
  place: fc.constantFrom('top', 'group', 'repeat'),
});
const record: fc.Arbitrary<Sent> = fc.record({
  consent: fc.constantFrom('yes', 'no', undefined),
  state: fc.constantFrom(
    ...(['accepted', 'accepted', 'received', 'rejected', 'needs-changes'] as const),
  ),
});
const world: fc.Arbitrary<World> = fc.record({
  questions: fc.array(asked, { minLength: 2, maxLength: 8 }),
  records: fc.array(record, { minLength: 1, maxLength: 5 }),
  asksConsent: fc.boolean(),
  k: fc.integer({ min: 3, max: 4 }),
});

const row = ({ type, visibility, review, quasi, precision }: Asked, index: number): JsonObject => ({
  type,
  name: `q${index}`,
  label: `Q ${index}`,
  visibility,
  ...(review ? { review_text: 'yes' } : {}),
  ...(quasi ? { quasi_identifier: 'yes' } : {}),
  ...(type === 'geopoint' ? { precision } : {}),
  // What it draws on is free text: so is what comes of it.
  ...(type === 'calculate' ? { calculation: 'concat(${secret}, 1)' } : {}),
});

/** Nobody sees it before the region of the record: each is one of a kind. */
const canaryOf = (of: number, index: number): string => `${of + 1}${index}7319${index}${of + 1}`;

const answerOf = (type: Asked['type'], canary: string): JsonValue => {
  switch (type) {
    case 'integer':
      return Number(canary);
    case 'decimal':
      return Number(`${canary}.5`);
    case 'geopoint':
      return { lat: Number(`14.${canary}`), lon: Number(`-17.${canary}`), accuracy: 4 };
    case 'file':
      return { file: `c${canary}.pdf`, sha256: '0'.repeat(64), bytes: 1, type: 'application/pdf' };
    default:
      return `=c${canary}`;
  }
};

const isText = ({ type }: Asked): boolean =>
  ['text', 'barcode', 'calculate', 'file'].includes(type);

/** Whether the public may have the record, as far as review and consent say. */
const isOpen = ({ consent, state }: Sent, asksConsent: boolean): boolean =>
  state === 'accepted' && (!asksConsent || consent === 'yes');

/** What the public may see of a question, if it may see the record. */
const isShown = (question: Asked): boolean =>
  question.visibility === 'public' &&
  (!isText(question) || question.review) &&
  (question.type !== 'geopoint' || question.precision !== null);

/** Those that are quasi-identifiers where the form marks one: places, and what goes back to the same. */
function identifyingIn(questions: readonly Asked[]): ReadonlySet<Asked> {
  const marked = questions.filter(({ quasi }) => quasi);
  if (marked.length === 0) return new Set();
  // All calculations draw on the same secret: if one of them is marked, it determines them all.
  const calculated = marked.some(({ type }) => type === 'calculate');
  return new Set(
    questions.filter(
      ({ quasi, type }) => quasi || type === 'geopoint' || (calculated && type === 'calculate'),
    ),
  );
}

/**
 * What the model says that an audience may read of an answer as it was given. `maybe`: it depends on
 * which records are left out for others to be alike.
 */
function mayRead(
  audience: 'members' | 'public',
  question: Asked,
  sent: Sent,
  { questions, records, asksConsent, k }: World,
): boolean | 'maybe' {
  if (sent.state !== 'accepted' || question.visibility === 'coordinator') return false;
  if (audience === 'members') return true;
  if (!isOpen(sent, asksConsent) || !isShown(question)) return false;
  if (question.type === 'geopoint' && question.precision !== 'exact') return false;
  const identifying = identifyingIn(questions);
  if (identifying.size === 0) return true;
  // Fewer than k records leave the public files whole.
  if (records.filter((one) => isOpen(one, asksConsent)).length < k) return false;
  // Where none of what identifies is public, all records are alike.
  if (![...identifying].some(isShown)) return true;
  // Canaries are all different: of a quasi-identifier, none is shared by k records.
  return identifying.has(question) ? false : 'maybe';
}

describe('a private value', () => {
  it('is in no file of those who may not read it, and what may be read is there', async () => {
    let hidden = 0;
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        const { questions, records, asksConsent, k } = given;
        const made = new DatasetWorld();
        const at = (place: Asked['place']) =>
          questions.flatMap((question, index) =>
            question.place === place ? [row(question, index)] : [],
          );
        await made.publishForm('f', {
          survey: [
            { type: 'text', name: 'secret', label: 'S' },
            { type: 'select_one yn', name: 'agreed', label: 'C' },
            ...at('top'),
            { type: 'begin_group', name: 'g', label: 'G' },
            ...at('group'),
            { type: 'end_group' },
            { type: 'begin_repeat', name: 'r', label: 'R' },
            ...at('repeat'),
            { type: 'end_repeat' },
          ],
          choices: ['yes', 'no'].map((name) => ({ list_name: 'yn', name, label: name })),
          settings: {
            form_title: 'F',
            version: '1',
            k,
            ...(asksConsent ? { consent: 'agreed' } : {}),
          },
        });
        for (const [of, { consent, state }] of records.entries()) {
          const answers = (place: Asked['place']): JsonObject =>
            Object.fromEntries(
              questions.flatMap((question, index) =>
                question.place === place
                  ? [[`q${index}`, answerOf(question.type, canaryOf(of, index))]]
                  : [],
              ),
            );
          await made.put(
            'f',
            `instance-${of}`,
            {
              secret: 'canary-secret',
              ...(consent === undefined ? {} : { agreed: consent }),
              ...answers('top'),
              g: answers('group'),
              r: [answers('repeat')],
            },
            { state },
          );
        }
        await made.compile();
        for (const audience of ['members', 'public'] as const) {
          const files = await textsFor(made, audience);
          expect(files.join('\n')).not.toContain('canary-secret');
          for (const [of, sent] of records.entries()) {
            for (const [index, question] of questions.entries()) {
              const canary = canaryOf(of, index);
              const found = files.some((text) => text.includes(canary));
              const may = mayRead(audience, question, sent, given);
              if (may === 'maybe') continue;
              expect([audience, question, sent, found]).toEqual([audience, question, sent, may]);
              if (may) seen += 1;
              else hidden += 1;
            }
          }
        }
      }),
      { numRuns: 25 },
    );
    expect(Math.min(hidden, seen)).toBeGreaterThan(20);
  });
});

async function textsFor(world: DatasetWorld, audience: Audience): Promise<readonly string[]> {
  const mine = (key: string): boolean =>
    new RegExp(`^datasets/[^/]+/[^/]+/${audience}/`).test(key) ||
    (audience === 'public' && key.startsWith('public/'));
  return Promise.all(
    world.objects
      .keys()
      .filter(mine)
      .map(async (key) => {
        const body = await world.objects.get(key);
        return body === undefined ? '' : textsInside(await buffer(body));
      }),
  );
}
