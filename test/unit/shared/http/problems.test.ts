import { describe, expect, it } from 'vitest';
import { Fault } from '../../../../shared/fault.ts';
import { problemKinds } from '../../../../shared/http/problem-kinds.ts';
import { problemOf } from '../../../../shared/http/problems.ts';

const requestId = 'request-1';
const detail = {
  pointer: '/answers/age',
  code: 'constraint',
  message: { fr: 'Trop jeune.', en: 'Too young.' },
};

describe('a problem document', () => {
  it.each(Object.entries(problemKinds))('of %s speaks French and English', (_, kind) => {
    expect(kind.status).toBeGreaterThanOrEqual(400);
    for (const text of [kind.title, kind.detail]) {
      expect(text.fr.length).toBeGreaterThan(3);
      expect(text.en.length).toBeGreaterThan(3);
      expect(text.fr).not.toBe(text.en);
    }
  });

  it('has the members of RFC 9457, a permanent code, and errors in the language of the caller', () => {
    const fault = new Fault('invalid-answers', {
      errors: [{ ...detail, at: { sheet: 'survey', row: 4, column: 'constraint' } }],
    });
    const { status, headers, body } = problemOf(fault, { language: 'fr', requestId });
    expect(status).toBe(422);
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json',
      'content-language': 'fr',
    });
    expect(body).toEqual({
      type: '/problems/invalid-answers',
      title: 'Réponses à corriger',
      status: 422,
      code: 'invalid-answers',
      detail: 'Trop jeune.',
      requestId,
      errors: [
        {
          pointer: '/answers/age',
          code: 'constraint',
          message: 'Trop jeune.',
          sheet: 'survey',
          row: 4,
          column: 'constraint',
        },
      ],
    });
    const english = problemOf(fault, { language: 'en', requestId }).body;
    expect(english).toMatchObject({ title: 'Answers to correct', detail: 'Too young.' });
  });

  it('tells beside the errors what is odd, in the language of the caller', () => {
    const fault = new Fault('invalid-form', { errors: [detail], warnings: [detail] });
    const { pointer, code } = detail;
    expect(problemOf(fault, { language: 'en', requestId }).body.warnings).toEqual([
      { pointer, code, message: 'Too young.' },
    ]);
  });

  it('carries what a fault adds, which never takes the place of a standard member', () => {
    const fault = new Fault('stale-revision', {
      extra: { currentRevision: 4, status: 200, code: 'ok' },
    });
    expect(problemOf(fault, { language: 'en', requestId }).body).toMatchObject({
      currentRevision: 4,
      status: 412,
      code: 'stale-revision',
    });
  });

  it.each(['too-many-requests', 'store-unavailable'] as const)(
    'of %s says when to try again',
    (code) => {
      const { headers } = problemOf(new Fault(code), { language: 'fr', requestId });
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    },
  );

  it('of a missing token says how to bring one', () => {
    const { headers } = problemOf(new Fault('unauthenticated'), { language: 'fr', requestId });
    expect(headers['www-authenticate']).toMatch(/^Bearer /);
  });

  it.each([
    new Error('SQLITE: canary in /home/someone/store.ts'),
    new TypeError('canary'),
    'canary',
    undefined,
    { message: 'canary', code: 'not-found', status: 404 },
  ])('of an unknown error (%s) tells nothing but the requestId', (error) => {
    const { status, headers, body } = problemOf(error, { language: 'en', requestId });
    expect(status).toBe(500);
    expect(body).toMatchObject({ code: 'internal', requestId, errors: [] });
    expect(JSON.stringify({ headers, body })).not.toMatch(/canary|SQLITE|store\.ts/);
  });

  it('says nothing of what caused a fault', () => {
    const fault = new Fault('store-unavailable', { cause: new Error('canary') });
    const answer = problemOf(fault, { language: 'en', requestId });
    expect(JSON.stringify(answer)).not.toContain('canary');
  });
});
