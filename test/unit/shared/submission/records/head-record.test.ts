import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormId, InstanceId, OrgId } from '../../../../../shared/ids.ts';
import {
  fromRecord,
  segmentLine,
  toHead,
  toHistory,
  toTombstone,
} from '../../../../../shared/submission/records/head-record.ts';
import {
  statesWhenWhole,
  submissionStates,
  type Submission,
} from '../../../../../shared/submission/records/submission.ts';
import {
  parseAnswers,
  submissionView,
} from '../../../../../shared/submission/records/submission-view.ts';

const time = fc
  .date({ min: new Date('2026-01-01'), max: new Date('2036-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const message = fc.record({ fr: fc.string(), en: fc.string() });
const review: fc.Arbitrary<NonNullable<Submission['review']>> = fc.oneof(
  fc.record({ decision: fc.constant('accept' as const), at: time }),
  fc.record({ decision: fc.constant('reject' as const), note: fc.string(), at: time }),
);

const submission: fc.Arbitrary<Submission> = fc
  .record({
    formId: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,20}$/).map((id) => FormId.parse(id)),
    instanceId: fc
      .stringMatching(/^[A-Za-z0-9][A-Za-z0-9:._-]{7,40}$/)
      .map((id) => InstanceId.parse(id)),
    revision: fc.integer({ min: 1, max: 999_999 }),
    state: fc.constantFrom(...submissionStates.filter((state) => state !== 'erased')),
    organisation: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/).map((id) => OrgId.parse(id)),
    formVersion: fc.string(),
    receivedAt: time,
    updatedAt: time,
    answers: fc
      .dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true })
      .map((answers) => JSON.stringify(answers)),
    contentHash: hex,
    actHash: hex,
    by: fc.string(),
    issues: fc.array(fc.record({ pointer: fc.string(), code: fc.string(), message }), {
      maxLength: 3,
    }),
    attachments: fc.array(fc.string(), { maxLength: 3 }),
    missing: fc.array(fc.string(), { maxLength: 3 }),
  })
  .chain((plain) =>
    fc.oneof(
      fc.constant(plain),
      review.map((decided) => ({ ...plain, review: decided })),
      fc
        .record({
          whenWhole: fc.constantFrom(...statesWhenWhole),
          openRosa: fc.record({ id: fc.string(), hash: hex }),
          xml: fc.record({ sha256: hex, bytes: fc.nat() }),
          refused: fc.boolean(),
        })
        .map((more) => ({ ...plain, ...more })),
    ),
  );
const shard = fc.nat(31);

describe('records of submissions', () => {
  it('give back the submission that they were made of, as heads and as history', () => {
    fc.assert(
      fc.property(submission, shard, (given, of) => {
        const head = toHead(given, of);
        expect(fromRecord(head)).toEqual(given);
        expect(fromRecord(toHistory(head))).toEqual(given);
      }),
    );
  });

  it('are in the inbox only while they await review or files, each apart, and as history nowhere', () => {
    fc.assert(
      fc.property(submission, shard, (given, of) => {
        const head = toHead(given, of);
        const waits = given.state === 'received' || given.state === 'has-issues';
        const incomplete = given.state === 'incomplete';
        const expected = incomplete ? `${head.pk}#files` : waits ? head.pk : undefined;
        expect(head['inboxKey']).toBe(expected);
        expect(head['orgKey']).toBe(`${head.pk}#${given.organisation}`);
        expect(head['at']).toBe(given.updatedAt);
        for (const name of ['at', 'orgKey', 'inboxKey']) {
          expect(toHistory(head)).not.toHaveProperty(name);
        }
      }),
    );
  });

  it('give the line of a segment without parsing the answers, and it parses to the same', () => {
    fc.assert(
      fc.property(submission, shard, (given, of) => {
        const line = segmentLine(toHead(given, of), '0a1b2c3d4e5f6071');
        expect(line).not.toContain('\n');
        expect(JSON.parse(line)).toEqual({
          id: '0a1b2c3d4e5f6071',
          instanceId: given.instanceId,
          revision: given.revision,
          state: given.state,
          organisation: given.organisation,
          formVersion: given.formVersion,
          receivedAt: given.receivedAt,
          updatedAt: given.updatedAt,
          reviewed: given.state === 'accepted' && given.review?.decision === 'accept',
          refused: given.refused === true,
          answers: parseAnswers(given),
        });
        expect(line).toContain(given.answers);
      }),
    );
  });

  it('say in the line of a segment who accepted them, and that their consent was refused', () => {
    const [given] = fc.sample(submission, { numRuns: 1, seed: 1 });
    if (given === undefined) throw new Error('no sample');
    const unread = { ...given, review: undefined };
    const at = '2026-11-02T08:00:00.000Z';
    const said = (more: object): unknown =>
      JSON.parse(segmentLine({ ...toHead(unread, 0), ...more }, 'id'));
    const accept = JSON.stringify({ decision: 'accept', at });
    const reject = JSON.stringify({ decision: 'reject', note: 'n', at });
    expect(said({ state: 'accepted' })).toMatchObject({ reviewed: false, refused: false });
    expect(said({ state: 'accepted', review: accept })).toMatchObject({ reviewed: true });
    expect(said({ state: 'received', review: accept })).toMatchObject({ reviewed: false });
    expect(said({ state: 'rejected', review: reject })).toMatchObject({ reviewed: false });
    expect(said({ refused: true })).toMatchObject({ refused: true });
  });

  it('leave, erased, nothing that came with the submission but its id and organisation', () => {
    fc.assert(
      fc.property(submission, shard, time, (given, of, at) => {
        const { pk, sk, org, ...rest } = toTombstone(toHead(given, of), at);
        expect({ pk, sk, org }).toEqual({
          pk: `${given.formId}#${of}`,
          sk: given.instanceId,
          org: given.organisation,
        });
        expect(Object.keys(rest).sort()).toEqual([
          'at',
          'instanceHash',
          'revision',
          'schema',
          'state',
        ]);
        const erased = fromRecord({ pk, sk, ...rest, org: given.organisation });
        expect(erased).toMatchObject({ state: 'erased', answers: '{}', by: '', contentHash: '' });
        expect(erased.revision).toBe(given.revision + 1);
      }),
    );
  });

  it('are refused when something is missing or is not what it should be', () => {
    const [given] = fc.sample(submission, { numRuns: 1, seed: 1 });
    if (given === undefined) throw new Error('no sample');
    const head = toHead(given, 0);
    const whole = new Map(Object.entries(head));
    for (const name of ['revision', 'state', 'org', 'formVersion', 'answers', 'receivedAt', 'at']) {
      const broken = new Map(whole);
      broken.delete(name);
      const record = { pk: head.pk, sk: head.sk, ...Object.fromEntries(broken) };
      expect(() => fromRecord(record), name).toThrow();
      expect(() => segmentLine(record, 'id'), name).toThrow();
    }
    expect(() => fromRecord({ ...head, issues: '[{}]' })).toThrow();
    expect(() => fromRecord({ ...head, issues: 'nonsense' })).toThrow();
    expect(() => fromRecord({ ...head, state: 'unheard-of' })).toThrow();
  });
});

describe('submissionView', () => {
  it('shows what clients see and nothing of hashes and tokens', () => {
    fc.assert(
      fc.property(submission, (given) => {
        const hidden = new Set([
          'contentHash',
          'actHash',
          'by',
          'attachments',
          'missing',
          'whenWhole',
          'openRosa',
          'xml',
          'refused',
        ]);
        const seen = Object.entries(given).filter(([name]) => !hidden.has(name));
        const { xml } = given;
        const kept = { file: 'submission.xml', type: 'application/xml', state: 'stored' };
        const answers: unknown = JSON.parse(given.answers);
        expect(submissionView(given)).toEqual({
          ...Object.fromEntries(seen),
          answers,
          attachments: xml === undefined ? [] : [{ ...kept, ...xml }],
        });
      }),
    );
  });
});
