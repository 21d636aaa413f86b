import { describe, expect, it } from 'vitest';
import {
  audienceOf,
  authorise,
  mayRead,
  mayUseForm,
  type FormAudience,
  type Access,
} from '../../../../shared/access/policy.ts';
import type { Principal } from '../../../../shared/access/principal.ts';
import { coordination, OrgId } from '../../../../shared/ids.ts';

const member: Principal = { role: 'member', organisation: OrgId.parse('ong-a'), tokenId: 'm' };
const coordinator: Principal = { role: 'coordinator', organisation: coordination, tokenId: 'c' };
const callers = { nobody: undefined, member, coordinator };

type Outcome = 'yes' | 'unauthenticated' | 'forbidden';
type Rights = Record<keyof typeof callers, Outcome>;

const everyone: Rights = { nobody: 'yes', member: 'yes', coordinator: 'yes' };
const tokens: Rights = { nobody: 'unauthenticated', member: 'yes', coordinator: 'yes' };
const coordinators: Rights = { nobody: 'unauthenticated', member: 'forbidden', coordinator: 'yes' };

const table: readonly [Access, FormAudience | undefined, Rights][] = [
  ['anyone', undefined, everyone],
  ['any-token', undefined, tokens],
  ['coordinator', undefined, coordinators],
  ['form-audience', 'anyone', everyone],
  ['form-audience', 'members', tokens],
  ['form-audience', 'coordinator', coordinators],
  ['form-audience', undefined, everyone],
  ['any-token', 'anyone', tokens],
  ['coordinator', 'anyone', coordinators],
];

const cases = table.flatMap(([access, audience, rights]) =>
  (['nobody', 'member', 'coordinator'] as const).map(
    (caller) => [access, audience, caller, rights[caller]] as const,
  ),
);

function outcomeOf(
  access: Access,
  principal: Principal | undefined,
  audience?: FormAudience,
): unknown {
  try {
    authorise(access, principal, audience);
    return 'yes';
  } catch (fault) {
    return fault;
  }
}

describe('authorise', () => {
  it.each(cases)('for %s, form for %s, answers %s: %s', (access, audience, caller, outcome) => {
    const expected: unknown =
      outcome === 'yes' ? outcome : expect.objectContaining({ name: 'Fault', code: outcome });
    expect(outcomeOf(access, callers[caller], audience)).toEqual(expected);
  });
});

describe('mayUseForm', () => {
  it.each(['anyone', 'members', 'coordinator'] as const)(
    'agrees with authorise on a form for %s',
    (audience) => {
      for (const caller of Object.values(callers)) {
        const allowed = outcomeOf('form-audience', caller, audience) === 'yes';
        expect(mayUseForm(caller, audience)).toBe(allowed);
      }
    },
  );
});

describe('mayRead', () => {
  it('lets a member read its own organisation only, and the coordinator everything', () => {
    expect(mayRead(member, 'ong-a')).toBe(true);
    expect(mayRead(member, 'ong-b')).toBe(false);
    expect(mayRead(coordinator, 'ong-b')).toBe(true);
  });
});

describe('audienceOf', () => {
  it('gives each role its part of datasets, and the public one to nobody in particular', () => {
    expect(audienceOf(undefined)).toBe('public');
    expect(audienceOf('member')).toBe('members');
    expect(audienceOf('coordinator')).toBe('coordinator');
  });
});
