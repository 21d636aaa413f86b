import * as z from 'zod';
import { getOrganisation } from '../../shared/access/organisations.ts';
import { createToken, revokeToken, TokenRequest } from '../../shared/access/tokens.ts';
import { registryKey } from '../../shared/store/keys.ts';
import { pagesOf } from '../../shared/store/record-store.ts';
import { named, needed, oneOf, UsageError, word, type Call, type Command } from '../command.ts';

const StoredToken = z.object({
  sk: z.string(),
  role: z.string(),
  name: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().optional(),
  revoked: z.boolean(),
});

export const token: Command = {
  name: 'token',
  usage: [
    'create --organisation ORG --role member|coordinator --name "…" [--expires 2027-01-31T00:00:00Z]',
    'list --organisation ORG',
    'revoke TOKEN_ID --organisation ORG',
  ],
  summary: {
    fr: 'Crée, montre ou révoque les jetons d’une organisation.',
    en: 'Makes, lists or revokes an organisation’s tokens.',
  },
  options: {
    organisation: { type: 'string' },
    role: { type: 'string' },
    name: { type: 'string' },
    expires: { type: 'string' },
  },
  run: async (call) => {
    const action = oneOf(
      word(call, 0, 'create|list|revoke'),
      ['create', 'list', 'revoke'],
      'token',
    );
    const orgId = needed(call, 'organisation');
    const { organisation } = await named(orgId, getOrganisation(call.home.registry, orgId));
    if (action === 'create') await create(call, organisation.id);
    else if (action === 'list') await list(call, organisation.id);
    else {
      const tokenId = word(call, 1, 'TOKEN_ID');
      await named(tokenId, revokeToken(call.home.registry, organisation.id, tokenId));
    }
    return 0;
  },
};

async function create(call: Call, orgId: string): Promise<void> {
  const expiresAt = call.value('expires');
  const request = TokenRequest.safeParse({
    role: oneOf(needed(call, 'role'), ['member', 'coordinator'], '--role'),
    name: needed(call, 'name'),
    ...(expiresAt !== undefined && { expiresAt }),
  });
  if (!request.success) {
    throw new UsageError({
      fr: 'Le nom a 1 à 200 caractères, et l’échéance la forme 2027-01-31T00:00:00Z.',
      en: 'The name has 1 to 200 characters, and the expiry the form 2027-01-31T00:00:00Z.',
    });
  }
  const { registry, clock } = call.home;
  const made = await createToken(registry, clock, orgId, request.data);
  call.terminal.err(
    call.terminal.language === 'fr'
      ? `Jeton ${made.tokenId}. Il n’est montré que cette fois:`
      : `Token ${made.tokenId}. It is shown this once:`,
  );
  call.terminal.out(made.token);
}

async function list(call: Call, orgId: string): Promise<void> {
  const { pk: partition } = registryKey.token(orgId, '');
  for await (const records of pagesOf(call.home.registry, { partition })) {
    for (const record of records) {
      const found = StoredToken.parse(record);
      const ended = found.revoked ? 'revoked' : (found.expiresAt ?? '-');
      call.terminal.out([found.sk, found.role, found.createdAt, ended, found.name].join('\t'));
    }
  }
}
