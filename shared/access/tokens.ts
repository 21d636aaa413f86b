import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { Fault } from '../fault.ts';
import { canary, coordination, OrgId } from '../ids.ts';
import { registryKey } from '../store/keys.ts';
import { schemaOf, upgraded } from '../store/record-kinds.ts';
import type { RecordStore, StoredRecord } from '../store/record-store.ts';
import { findOrganisation, getOrganisation } from './organisation-records.ts';
import type { Principal } from './principal.ts';

/** What is asked for when a token is made. `expiresAt` is ISO 8601, in any offset. */
export const TokenRequest = z.strictObject({
  role: z.enum(['member', 'coordinator']),
  /** What the coordinator calls it: "tablet of the field team". */
  name: z.string().trim().min(1).max(200),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});
export type TokenRequest = z.infer<typeof TokenRequest>;

/** `token` is shown this once: only a hash of its secret is kept. */
interface CreatedToken {
  readonly tokenId: string;
  readonly token: string;
  readonly expiresAt: string | null;
}

/** 64 random bits name a token, 192 prove it; hex, so that neither holds the `_` that parts them. */
const tokenIdBytes = 8;
const secretBytes = 24;
const bearer = new RegExp(
  `^[Bb]earer fiche_([a-z0-9][a-z0-9-]{0,62})_([0-9a-f]{${2 * tokenIdBytes}})_([0-9a-f]{${2 * secretBytes}})$`,
);

const TokenRecord = z.object({
  role: z.enum(['member', 'coordinator']),
  secretHash: z.hex().length(64),
  expiresAt: z.iso.datetime().optional(),
  revoked: z.boolean(),
  revision: z.int(),
});

/**
 * Makes a token for an active organisation. Throws Fault `not-found` without such an organisation,
 * `conflict` if it is inactive, `invalid-body` if a coordinator's token is asked for any
 * organisation but the coordination, or if it would have expired already.
 */
export async function createToken(
  registry: RecordStore,
  clock: Clock,
  orgId: string,
  request: TokenRequest,
): Promise<CreatedToken> {
  const { organisation } = await getOrganisation(registry, orgId);
  const now = clock();
  if (request.role === 'coordinator' && organisation.id !== coordination) {
    throw refused('invalid-body', '/role', 'coordination-only', {
      fr: 'Seule la coordination a des jetons de coordinateur.',
      en: 'Only the coordination has coordinator tokens.',
    });
  }
  if (request.expiresAt !== undefined && new Date(request.expiresAt) <= now) {
    throw refused('invalid-body', '/expiresAt', 'in-the-past', {
      fr: 'Ce jeton serait déjà expiré.',
      en: 'This token would have expired already.',
    });
  }
  if (organisation.state !== 'active') {
    throw refused('conflict', '', 'organisation-inactive', {
      fr: 'Cette organisation est inactive.',
      en: 'This organisation is inactive.',
    });
  }
  const tokenId = randomBytes(tokenIdBytes).toString('hex');
  const secret = randomBytes(secretBytes).toString('hex');
  const secretHash = hashOf(secret).toString('hex');
  const expiresAt =
    request.expiresAt === undefined ? undefined : new Date(request.expiresAt).toISOString();
  const taken = await registry.putIfAbsent({
    ...registryKey.token(organisation.id, tokenId),
    revision: 1,
    role: request.role,
    name: request.name,
    secretHash,
    createdAt: now.toISOString(),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    revoked: false,
    schema: schemaOf('token'),
  });
  // A store's client that repeats a put whose answer was lost finds its own record: no fault.
  if (taken !== undefined && taken['secretHash'] !== secretHash) {
    throw new Fault('store-unavailable');
  }
  return {
    tokenId,
    token: `fiche_${organisation.id}_${tokenId}_${secret}`,
    expiresAt: expiresAt ?? null,
  };
}

/**
 * Who makes a request, by its `Authorization` header; undefined if it has none. Throws Fault
 * `unauthenticated`, and never says why, for a token that is malformed (without asking the store),
 * unknown, expired, revoked, or of an organisation that is not active. Two gets, at the same time:
 * what they read is not cached, so that a revocation holds from the next request on.
 */
export async function authenticate(
  registry: RecordStore,
  clock: Clock,
  authorization: string | undefined,
): Promise<Principal | undefined> {
  if (authorization === undefined) return undefined;
  const parts = parseToken(authorization);
  if (parts === undefined) throw new Fault('unauthenticated');
  const [record, active] = await Promise.all([
    registry.get(registryKey.token(parts.orgId, parts.tokenId)),
    isActive(registry, parts.orgId),
  ]);
  if (record === undefined || !active) throw new Fault('unauthenticated');
  const token = TokenRecord.parse(upgraded('token', record));
  const proven = timingSafeEqual(hashOf(parts.secret), Buffer.from(token.secretHash, 'hex'));
  const expired = token.expiresAt !== undefined && new Date(token.expiresAt) <= clock();
  if (!proven || expired || token.revoked) throw new Fault('unauthenticated');
  return { role: token.role, organisation: parts.orgId, tokenId: parts.tokenId };
}

async function isActive(registry: RecordStore, orgId: OrgId): Promise<boolean> {
  // No organisation of the network, and in no list of them.
  if (orgId === canary) return true;
  return (await findOrganisation(registry, orgId))?.organisation.state === 'active';
}

/** The record stays, revoked, so that the history can still say which token wrote. Fault `not-found`. */
export async function revokeToken(
  registry: RecordStore,
  orgId: string,
  tokenId: string,
): Promise<void> {
  const id = OrgId.safeParse(orgId);
  if (!id.success || tokenId === '') throw new Fault('not-found');
  const key = registryKey.token(id.data, tokenId);
  const found = await registry.get(key);
  if (found === undefined) throw new Fault('not-found');
  const record = upgraded('token', found);
  const { revision, revoked } = TokenRecord.parse(record);
  if (revoked) return;
  // Nothing but a revocation ever changes a token: who loses this race finds it revoked.
  const next: StoredRecord = { ...record, ...key, revoked: true, revision: revision + 1 };
  await registry.putIfRevision(next, revision);
}

function parseToken(
  authorization: string,
): { orgId: OrgId; tokenId: string; secret: string } | undefined {
  const [, org, tokenId, secret] = bearer.exec(authorization) ?? [];
  const orgId = OrgId.safeParse(org);
  if (!orgId.success || tokenId === undefined || secret === undefined) return undefined;
  return { orgId: orgId.data, tokenId, secret };
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function refused(
  code: 'invalid-body' | 'conflict',
  pointer: string,
  detail: string,
  message: { fr: string; en: string },
): Fault {
  return new Fault(code, { errors: [{ pointer, code: detail, message }] });
}

/** A user name and a token are no longer than this in base64. */
const mostCharacters = 2000;

/**
 * Basic authentication (RFC 7617) as the Bearer header that it stands for: the password is the token,
 * the user name whatever the tool wants one to be. Anything else is handed back as it came.
 */
export function bearerOfBasic(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !/^basic /i.test(authorization)) return authorization;
  if (authorization.length > mostCharacters) return authorization;
  const pair = Buffer.from(authorization.slice('basic '.length), 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? authorization : `Bearer ${pair.slice(colon + 1)}`;
}
