import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { JsonObject } from '../../../shared/json.ts';
import type { Client } from '../client.ts';
import { Collect, type SentFile } from '../collect.ts';
import type { Cast } from './cast.ts';

const regions = 'name,label\nDK,Dakar\nTH,Thiès\n';
/** A PNG of one pixel: what it says that it is is looked at. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export const definition = {
  survey: [
    { type: 'start', name: 'start' },
    { type: 'text', name: 'name', 'label::Français (fr)': 'Nom', visibility: 'members' },
    { type: 'text', name: 'phone', 'label::Français (fr)': 'Téléphone' },
    {
      type: 'integer',
      name: 'beds',
      'label::Français (fr)': 'Lits',
      constraint: '. >= 0 and . < 1000',
      visibility: 'members',
    },
    { type: 'select_one_from_file regions.csv', name: 'region', 'label::Français (fr)': 'Région' },
    { type: 'begin group', name: 'pictures', 'label::Français (fr)': 'Photos' },
    { type: 'image', name: 'front', 'label::Français (fr)': 'Façade', visibility: 'members' },
    { type: 'image', name: 'back', 'label::Français (fr)': 'Cour', 'media::image': 'yard.png' },
    { type: 'end group' },
    { type: 'begin repeat', name: 'visit', 'label::Français (fr)': 'Visite' },
    { type: 'date', name: 'on', 'label::Français (fr)': 'Le' },
    { type: 'file', name: 'minutes', 'label::Français (fr)': 'Compte rendu' },
    { type: 'end repeat' },
  ],
  choices: [],
  settings: { form_title: 'Lieux d’accueil', default_language: 'Français (fr)' },
} satisfies JsonObject;

/** What a phone was told. */
export interface Filled {
  readonly id?: string;
  readonly name?: string;
  readonly phone?: string;
  readonly beds?: string;
  readonly front?: string;
  readonly back?: string;
  readonly minutes?: readonly string[];
  readonly deprecated?: string;
  readonly form?: string;
}

interface Seen extends JsonObject {
  readonly state: string;
  readonly revision: number;
  readonly answers: JsonObject;
  readonly issues: { pointer: string; code: string }[];
  readonly attachments: { file: string; sha256: string | null; state: string }[];
}

/** A published form with files of its own and files to send, and a phone that has fetched it. */
export interface Shelter {
  readonly phone: Collect;
  /** The form as a phone fills it in. */
  filled(parts?: Filled): { readonly id: string; readonly xml: string };
  /** What the coordinator sees of it. */
  seen(id: string, form?: string): Promise<Seen>;
}

export const photo = (name: string): SentFile => ({
  name,
  type: 'image/png',
  bytes: Buffer.concat([pixel, randomBytes(20_000)]),
});

export const path = (id: string, form = 'shelter'): string =>
  `/v1/forms/${form}/submissions/${encodeURIComponent(id)}`;

/** An attachment as that person gets it. */
export const download = (client: Client, id: string, file: string) =>
  client.download(`${path(id)}/attachments/${encodeURIComponent(file)}`);

export async function openShelter({ coordinator, member, address }: Cast): Promise<Shelter> {
  const draft = await coordinator.put('/v1/forms/shelter/draft', definition);
  expect(draft.status, draft.text).toBe(200);
  const early = await coordinator.post('/v1/forms/shelter/publish');
  expect(early.status, early.text).toBe(409);
  for (const [file, raw, type] of [
    ['regions.csv', regions, 'text/csv'],
    ['yard.png', pixel, 'image/png'],
  ] as const) {
    const to = `/v1/forms/shelter/draft/media/${file}`;
    const put = await coordinator.request('PUT', to, { raw, headers: { 'content-type': type } });
    expect(put.status, put.text).toBe(200);
  }
  const published = await coordinator.post('/v1/forms/shelter/publish');
  expect(published.status, published.text).toBe(200);
  const phone = new Collect(coordinator.url, member.token ?? '', address);
  const [form] = await phone.formList('?formID=shelter');
  const version = form?.version ?? '';
  return {
    phone,
    filled: (parts = {}) => filled(version, parts),
    seen: async (id, formId) => {
      const answer = await coordinator.get(path(id, formId));
      expect(answer.status, answer.text).toBe(200);
      return answer.body as Seen;
    },
  };
}

function filled(version: string, parts: Filled): { id: string; xml: string } {
  const { id = `uuid:${randomUUID()}`, minutes = [], form = 'shelter' } = parts;
  const deprecated =
    parts.deprecated === undefined
      ? ''
      : `<orx:deprecatedID>${parts.deprecated}</orx:deprecatedID>`;
  const xml =
    `<?xml version='1.0' ?><data id="${form}" version="${version}" ` +
    'xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">' +
    '<start>2026-11-21T10:00:00.000+00:00</start>' +
    `<name>${parts.name ?? 'Accueil &amp; repos'}</name><phone>${parts.phone ?? '+221770000000'}</phone>` +
    `<beds>${parts.beds ?? '12'}</beds><region>TH</region>` +
    `<pictures><front>${parts.front ?? ''}</front><back>${parts.back ?? ''}</back></pictures>` +
    minutes.map((file) => `<visit><on>2026-11-02</on><minutes>${file}</minutes></visit>`).join('') +
    `<orx:meta><orx:instanceID>${id}</orx:instanceID>${deprecated}</orx:meta></data>`;
  return { id, xml };
}
