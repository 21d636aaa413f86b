import * as z from 'zod';
import { collectQrLines, collectSettings, keyUrl } from '../../shared/access/collect-qr.ts';
import { getOrganisation, type Organisation } from '../../shared/access/organisation-records.ts';
import { createToken, revokeToken, TokenRequest } from '../../shared/access/tokens.ts';
import { readPublicUrl } from '../../shared/config.ts';
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
    'create --organisation ORG --role member|coordinator --name "…" [--expires 2027-01-31T00:00:00Z] [--qr] [--url https://…]',
    'list --organisation ORG',
    'revoke TOKEN_ID --organisation ORG',
  ],
  summary: {
    fr: 'Crée, montre ou révoque les jetons d’une organisation ; dessine le code QR que lit ODK Collect, où les téléphones joignent --url.',
    en: 'Makes, lists or revokes an organisation’s tokens; draws the QR code that ODK Collect reads, phones reaching --url.',
  },
  options: {
    organisation: { type: 'string' },
    role: { type: 'string' },
    name: { type: 'string' },
    expires: { type: 'string' },
    qr: { type: 'boolean' },
    url: { type: 'string' },
  },
  run: async (call) => {
    const action = oneOf(
      word(call, 0, 'create|list|revoke'),
      ['create', 'list', 'revoke'],
      'token',
    );
    const orgId = needed(call, 'organisation');
    const { organisation } = await named(orgId, getOrganisation(call.home.registry, orgId));
    if (action === 'create') await create(call, organisation);
    else if (action === 'list') await list(call, organisation.id);
    else {
      const tokenId = word(call, 1, 'TOKEN_ID');
      await named(tokenId, revokeToken(call.home.registry, organisation.id, tokenId));
    }
    return 0;
  },
};

/** Where phones find the service: `--url`, or what the installation says. Throws UsageError. */
function urlFor(call: Call): string {
  const given = call.value('url');
  if (given === undefined) return call.home.url;
  const url = readPublicUrl(given);
  if (url !== undefined) return url;
  throw new UsageError({
    fr: `--url est une adresse comme https://fiche.example.org, et non « ${given} ».`,
    en: `--url is an address such as https://fiche.example.org, not "${given}".`,
  });
}

/** Beside the token, for who sits at a terminal or asks for it: what is piped on is the token alone. */
function drawQr({ terminal }: Call, url: string, token: string, name: string): void {
  const french = terminal.language === 'fr';
  terminal.err(
    french
      ? 'À lire avec ODK Collect ou KoboCollect (ajouter un projet) :'
      : 'To be scanned with ODK Collect or KoboCollect (add project):',
  );
  for (const line of collectQrLines(collectSettings(url, token, name))) terminal.err(line);
  terminal.err(keyUrl(url, token));
  if (!['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)) return;
  terminal.err(
    french
      ? 'Un téléphone ne joint pas cette adresse-là : donnez avec --url, ou dans FICHE_URL, celle où il trouve ce serveur.'
      : 'A phone does not reach that address: give with --url, or in FICHE_URL, the one where it finds this server.',
  );
}

async function create(call: Call, { id: orgId, name }: Organisation): Promise<void> {
  const url = urlFor(call);
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
      ? `Jeton ${made.tokenId}. Il n’est montré que cette fois :`
      : `Token ${made.tokenId}. It is shown this once:`,
  );
  call.terminal.out(made.token);
  if (call.flag('qr') || call.terminal.interactive) drawQr(call, url, made.token, name);
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
