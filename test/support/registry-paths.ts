import { expect } from 'vitest';
import * as z from 'zod';
import { createOrganisation, getOrganisation } from '../../shared/access/organisation-records.ts';
import { authenticate, createToken } from '../../shared/access/tokens.ts';
import { OrgId } from '../../shared/ids.ts';
import { listAliases, putAlias } from '../../shared/deduplication/same-as.ts';
import type { SubmissionDeps } from '../../shared/submission/records/submission-deps.ts';
import { surveyForm } from './submission-world.ts';
import type { WritePath } from './write-path.ts';

const organisation = (id: string, name: string) =>
  ({ id: OrgId.parse(id), name, state: 'active' }) as const;
const wanted = { role: 'member', name: 'tablet' } as const;
const alias = (id: string) =>
  ({ kind: 'organisation', name: `ONG ${id}`, canonical: 'ONG Alpha', verdict: 'same' }) as const;
const Made = z.object({ token: z.string() });
/** Secrets of tokens that are to be revoked, by what the round is called. */
const secrets = new Map<string, { readonly tokenId: string; readonly token: string }>();

const regions = Buffer.from('name,label\ndk,Dakar\n');
const listForm = {
  survey: [{ type: 'select_one_from_file regions.csv', name: 'region', label: 'Région' }],
  choices: [],
  settings: { version: '1', default_language: 'fr' },
};

async function versionsOf({ forms }: SubmissionDeps, formId: string): Promise<unknown> {
  const form = await forms.record(formId);
  // What a record names has to be there and to be read.
  await forms.modelOf(form);
  return [form?.state, form?.versions.map(({ version }) => version), form?.draft];
}

const publish = async ({ forms }: SubmissionDeps, formId: string): Promise<void> => {
  await forms.putDraft(formId, surveyForm('1'));
  await forms.publish(formId);
};

const known = async ({ registry }: SubmissionDeps, id: string): Promise<boolean> =>
  (await listAliases(registry)).some((one) => one.id === id);

/** Every way in which forms, organisations, tokens and names change. */
export const registryPaths: readonly WritePath[] = [
  {
    what: 'a draft',
    door: 'registry',
    done: [200],
    ask: (formId) => ({
      by: 'coordinator',
      key: 'PUT /v1/forms/{formId}/draft',
      parameters: { formId },
      body: surveyForm('1'),
    }),
    check: async ({ forms }, id) => {
      expect((await forms.draftDefinition(id)).survey).toHaveLength(surveyForm('1').survey.length);
    },
  },
  {
    what: 'a file of a draft',
    door: 'registry',
    done: [200, 201],
    prepare: ({ forms }, id) => forms.putDraft(id, listForm),
    ask: (formId) => ({
      by: 'coordinator',
      key: 'PUT /v1/forms/{formId}/draft/media/{file}',
      parameters: { formId, file: 'regions.csv' },
      headers: { 'content-type': 'text/csv' },
      body: regions,
    }),
    check: async ({ forms }, id) => {
      const form = await forms.record(`${id}.draft`);
      if (form === undefined) throw new Error('There is no draft.');
      const bytes = await forms.mediaBytes(await forms.media(form, 'regions.csv'));
      expect(Buffer.from(bytes)).toEqual(regions);
    },
  },
  {
    what: 'a publication',
    door: 'registry',
    done: [200],
    prepare: ({ forms }, id) => forms.putDraft(id, surveyForm('1')),
    ask: (formId) => ({
      by: 'coordinator',
      key: 'POST /v1/forms/{formId}/publish',
      parameters: { formId },
    }),
    check: async (deps, id) => {
      expect(await versionsOf(deps, id)).toEqual(['published', ['1'], undefined]);
    },
  },
  {
    what: 'the closing of a form',
    door: 'registry',
    done: [200],
    prepare: publish,
    ask: (formId) => ({
      by: 'coordinator',
      key: 'POST /v1/forms/{formId}/close',
      parameters: { formId },
    }),
    check: async (deps, id) => {
      expect(await versionsOf(deps, id)).toEqual(['closed', ['1'], undefined]);
    },
  },
  {
    what: 'an organisation',
    door: 'registry',
    done: [201],
    ask: (id) => ({
      by: 'coordinator',
      key: 'POST /v1/organisations',
      body: organisation(id, 'Nouvelle'),
    }),
    check: async ({ registry }, id) => {
      const found = await getOrganisation(registry, id);
      expect(found).toEqual({ organisation: organisation(id, 'Nouvelle'), revision: 1 });
    },
  },
  {
    what: 'a change of an organisation',
    door: 'registry',
    done: [200],
    prepare: ({ registry }, id) => createOrganisation(registry, organisation(id, 'Ancienne')),
    ask: (orgId) => ({
      by: 'coordinator',
      key: 'PUT /v1/organisations/{orgId}',
      parameters: { orgId },
      headers: { 'content-type': 'application/json', 'if-match': '"1"' },
      body: organisation(orgId, 'Nouvelle'),
    }),
    check: async ({ registry }, id) => {
      const found = await getOrganisation(registry, id);
      expect(found).toEqual({ organisation: organisation(id, 'Nouvelle'), revision: 2 });
    },
  },
  {
    what: 'a token',
    door: 'registry',
    done: [201],
    prepare: ({ registry }, id) => createOrganisation(registry, organisation(id, 'Une')),
    ask: (orgId) => ({
      by: 'coordinator',
      key: 'POST /v1/organisations/{orgId}/tokens',
      parameters: { orgId },
      body: wanted,
    }),
    check: async ({ registry, clock }, id, { body }) => {
      const { token } = Made.parse(JSON.parse(body ?? ''));
      const known = await authenticate(registry, clock, `Bearer ${token}`);
      expect(known).toMatchObject({ role: 'member', organisation: id });
    },
  },
  {
    what: 'the revocation of a token',
    door: 'registry',
    done: [204],
    prepare: async ({ registry, clock }, id) => {
      await createOrganisation(registry, organisation(id, 'Une'));
      secrets.set(id, await createToken(registry, clock, id, wanted));
    },
    ask: (orgId) => ({
      by: 'coordinator',
      key: 'DELETE /v1/organisations/{orgId}/tokens/{tokenId}',
      parameters: { orgId, tokenId: secrets.get(orgId)?.tokenId ?? '' },
    }),
    check: async ({ registry, clock }, id) => {
      const asked = authenticate(registry, clock, `Bearer ${secrets.get(id)?.token ?? ''}`);
      await expect(asked).rejects.toMatchObject({ code: 'unauthenticated' });
    },
  },
  {
    what: 'another name',
    door: 'registry',
    done: [200],
    ask: (aliasId) => ({
      by: 'coordinator',
      key: 'PUT /v1/aliases/{aliasId}',
      parameters: { aliasId },
      body: alias(aliasId),
    }),
    check: async (deps, id) => {
      expect(await known(deps, id)).toBe(true);
    },
  },
  {
    what: 'the end of another name',
    door: 'registry',
    // Gone when it is asked for again.
    done: [204, 404],
    prepare: ({ registry }, id) => putAlias(registry, id, alias(id)),
    ask: (aliasId) => ({
      by: 'coordinator',
      key: 'DELETE /v1/aliases/{aliasId}',
      parameters: { aliasId },
    }),
    check: async (deps, id) => {
      expect(await known(deps, id)).toBe(false);
    },
  },
];
