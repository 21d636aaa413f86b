import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createOrganisation,
  putOrganisation,
  type Organisation,
} from '../../../../shared/access/organisation-records.ts';
import {
  authenticate,
  createToken,
  revokeToken,
  type TokenRequest,
} from '../../../../shared/access/tokens.ts';
import { coordination, OrgId } from '../../../../shared/ids.ts';
import { Interruptions } from '../../../support/interruptions.ts';
import { MemoryRecordStore } from '../../../support/memory-record-store.ts';

const start = Date.parse('2026-11-02T08:00:00.000Z');
let now: number;
const clock = () => new Date(now);
const later = (ms: number) => new Date(start + ms).toISOString();

let interruptions: Interruptions;
let registry: MemoryRecordStore;
const organisation = (id: string, state: Organisation['state'] = 'active'): Organisation => ({
  id: OrgId.parse(id),
  name: id,
  state,
});
const member: TokenRequest = { role: 'member', name: 'tablette' };
const unauthenticated = { name: 'Fault', code: 'unauthenticated' };

beforeEach(async () => {
  now = start;
  interruptions = new Interruptions();
  registry = new MemoryRecordStore(interruptions);
  for (const id of ['ong-a', 'ong-b', coordination]) {
    await createOrganisation(registry, organisation(id));
  }
});

const who = (token: string) => authenticate(registry, clock, `Bearer ${token}`);

describe('createToken', () => {
  it('makes a token that says who comes', async () => {
    const { token, tokenId, expiresAt } = await createToken(registry, clock, 'ong-a', member);
    expect(token).toMatch(/^fiche_ong-a_[0-9a-f]{16}_[0-9a-f]{48}$/);
    expect(expiresAt).toBeNull();
    expect(await who(token)).toEqual({ role: 'member', organisation: 'ong-a', tokenId });
  });

  it('keeps no secret', async () => {
    const { token } = await createToken(registry, clock, 'ong-a', member);
    const secret = token.slice(token.lastIndexOf('_') + 1);
    expect(JSON.stringify(registry.all())).not.toContain(secret);
  });

  it.each([
    ['an unknown organisation', 'ong-z', member, 'not-found'],
    ['a coordinator of a member', 'ong-a', { ...member, role: 'coordinator' }, 'invalid-body'],
    ['a time that has passed', 'ong-a', { ...member, expiresAt: later(0) }, 'invalid-body'],
  ] as const)('refuses one for %s', async (_, orgId, request, code) => {
    await expect(createToken(registry, clock, orgId, request)).rejects.toMatchObject({ code });
  });

  it('refuses one for an inactive organisation', async () => {
    await putOrganisation(registry, 'ong-a', organisation('ong-a', 'inactive'), 1);
    const created = createToken(registry, clock, 'ong-a', member);
    await expect(created).rejects.toMatchObject({ code: 'conflict' });
  });

  it('takes an expiry in any offset and says it in UTC', async () => {
    const request = { ...member, expiresAt: '2027-01-01T01:00:00+01:00' };
    const { expiresAt } = await createToken(registry, clock, 'ong-a', request);
    expect(expiresAt).toBe('2027-01-01T00:00:00.000Z');
  });
});

describe('authenticate', () => {
  it('knows nobody without a header, and asks no store', async () => {
    interruptions.plan(undefined);
    expect(await authenticate(registry, clock, undefined)).toBeUndefined();
    expect(interruptions.count).toBe(0);
  });

  it('refuses a token from the moment it expires', async () => {
    const request = { ...member, expiresAt: later(1000) };
    const { token } = await createToken(registry, clock, 'ong-a', request);
    now = start + 999;
    expect(await who(token)).toMatchObject({ organisation: 'ong-a' });
    now = start + 1000;
    await expect(who(token)).rejects.toMatchObject(unauthenticated);
  });

  it('refuses a revoked token from the next request on, and no other', async () => {
    const first = await createToken(registry, clock, 'ong-a', member);
    const second = await createToken(registry, clock, 'ong-a', member);
    await revokeToken(registry, 'ong-a', first.tokenId);
    await expect(who(first.token)).rejects.toMatchObject(unauthenticated);
    expect(await who(second.token)).toMatchObject({ tokenId: second.tokenId });
  });

  it('refuses the tokens of an organisation while it is inactive', async () => {
    const { token } = await createToken(registry, clock, 'ong-a', member);
    await putOrganisation(registry, 'ong-a', organisation('ong-a', 'inactive'), 1);
    await expect(who(token)).rejects.toMatchObject(unauthenticated);
    await putOrganisation(registry, 'ong-a', organisation('ong-a'), 2);
    expect(await who(token)).toMatchObject({ organisation: 'ong-a' });
  });

  it('refuses a token whose organisation, id or secret is another token’s', async () => {
    const a = (await createToken(registry, clock, 'ong-a', member)).token.split('_');
    const b = (await createToken(registry, clock, 'ong-b', member)).token.split('_');
    for (const part of [1, 2, 3]) {
      const mixed = a.map((value, index) => (index === part ? b[index] : value)).join('_');
      await expect(who(mixed)).rejects.toMatchObject(unauthenticated);
    }
  });

  it('reads two records for a token and caches neither', async () => {
    const { token } = await createToken(registry, clock, 'ong-a', member);
    for (let time = 0; time < 2; time += 1) {
      interruptions.plan(undefined);
      await who(token);
      expect(interruptions.count).toBe(2);
    }
  });

  it('says that the store fails when it does, and never lets anyone in or out for it', async () => {
    const { token } = await createToken(registry, clock, 'ong-a', member);
    for (const at of [1, 2]) {
      interruptions.plan({ at, fail: 'before' });
      await expect(who(token)).rejects.toMatchObject({ code: 'store-unavailable' });
    }
  });

  it('takes any case of the scheme’s first letter and no other scheme', async () => {
    const { token } = await createToken(registry, clock, 'ong-a', member);
    expect(await authenticate(registry, clock, `bearer ${token}`)).toBeDefined();
    for (const header of [token, `Basic ${token}`, `Bearer  ${token}`, `Bearer ${token} `]) {
      await expect(authenticate(registry, clock, header)).rejects.toMatchObject(unauthenticated);
    }
  });

  it('refuses whatever is not a token without asking the store', async () => {
    const { token } = await createToken(registry, clock, 'ong-a', member);
    const hex = fc.constantFrom(...Array.from('0123456789abcdefABCDEF_-#é \u0000'));
    const nearly = fc
      .tuple(
        fc.string({ unit: fc.constantFrom('a', 'b', '-', '_', 'A', '#'), maxLength: 70 }),
        fc.string({ unit: hex, maxLength: 20 }),
        fc.string({ unit: hex, maxLength: 60 }),
      )
      .map((parts) => `fiche_${parts.join('_')}`);
    const cut = fc
      .tuple(fc.nat(token.length), fc.string({ maxLength: 3 }))
      .map(([at, more]) => token.slice(0, at) + more + token.slice(at + 1 + more.length));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), nearly, cut), async (text) => {
        fc.pre(!/^fiche_[a-z0-9][a-z0-9-]{0,62}_[0-9a-f]{16}_[0-9a-f]{48}$/.test(text));
        interruptions.plan(undefined);
        await expect(who(text)).rejects.toMatchObject(unauthenticated);
        expect(interruptions.count).toBe(0);
      }),
    );
  });

  it('finds each token under the organisation it was made for, whatever the id', async () => {
    const orgId = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/).filter((id) => id !== 'public');
    await fc.assert(
      fc.asyncProperty(orgId, async (id) => {
        await createOrganisation(registry, organisation(id));
        const { token, tokenId } = await createToken(registry, clock, id, member);
        expect(await who(token)).toEqual({ role: 'member', organisation: id, tokenId });
      }),
      { numRuns: 50 },
    );
  });
});

describe('revokeToken', () => {
  it('may be repeated, also after its answer was lost', async () => {
    const { tokenId, token } = await createToken(registry, clock, 'ong-a', member);
    interruptions.plan({ at: 2, fail: 'after' });
    const revoke = () => revokeToken(registry, 'ong-a', tokenId);
    await expect(revoke()).rejects.toMatchObject({ code: 'store-unavailable' });
    await revoke();
    await revoke();
    await expect(who(token)).rejects.toMatchObject(unauthenticated);
  });

  it.each([
    ['ong-a', 'ffffffffffffffff'],
    ['ong-a', ''],
    ['ong-z', 'ffffffffffffffff'],
    ['NOT an id', 'x'],
  ])('does not find %j %j', async (orgId, tokenId) => {
    await expect(revokeToken(registry, orgId, tokenId)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('revokes no token of another organisation', async () => {
    const { tokenId, token } = await createToken(registry, clock, 'ong-a', member);
    await expect(revokeToken(registry, 'ong-b', tokenId)).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await who(token)).toBeDefined();
  });
});
