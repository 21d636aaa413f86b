import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { TokenRequest } from '../../../../shared/access/tokens.ts';
import { requestSchemaOf } from '../../../../shared/http/endpoint.ts';
import { operations } from '../../../../shared/http/operations/table.ts';
import { faultsOf, invalidQuery } from '../../../../shared/http/schema-faults.ts';

function schemaOf(name: string) {
  const row = operations.find(({ operation }) => operation === name);
  if (row === undefined) throw new TypeError(name);
  return requestSchemaOf(row);
}

function messageFor(schema: z.ZodType, value: unknown): string | undefined {
  const { error } = schema.safeParse(value, { reportInput: true });
  return error && faultsOf(error)[0]?.message.en;
}

describe('what is wrong with a value', () => {
  it.each([
    ['an id', schemaOf('createSubmission').body, { instanceId: 'a b', answers: {} }, '{7,127}'],
    ['a moment', TokenRequest, { role: 'member', name: 'x', expiresAt: '2027' }, '2027-01-31T'],
    ['a text', schemaOf('reviewSubmission').body, { decision: 'reject', note: ' ' }, 'characters'],
    ['a long text', z.string().max(3), 'four', 'characters: At most 3'],
    ['a number', z.number().max(3), 4, 'At most 3'],
  ])('is told so that it can be put right: %s', (_, schema, value, expected) => {
    expect(messageFor(schema, value)).toContain(expected);
  });

  it('is told of a parameter that may be a day or a moment', () => {
    const { error } = schemaOf('listSubmissions').query.safeParse(
      { since: 'hier' },
      { reportInput: true },
    );
    const fault = error && invalidQuery(error);
    expect(fault?.errors[0]?.message.fr).toContain('Paramètre since : Un moment s’écrit 2027');
  });
});
