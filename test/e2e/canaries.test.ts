import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, joinNetwork } from '../support/client.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';

/**
 * A form with a question of each visibility at each depth; every answer carries a canary, a word
 * that stands nowhere else. A canary in the wrong file is a leak.
 */
const visibilities = ['none', 'coordinator', 'members', 'public'] as const;
const places = ['top', 'group', 'repeat'] as const;

function canary(record: string, place: string, visibility: string): string {
  return `canary-${record}-${place}-${visibility}`;
}

const questionRows = (place: string) =>
  visibilities.map((visibility) => ({
    type: 'text',
    name: `${place}_${visibility}`,
    label: `${place} ${visibility}`,
    visibility: visibility === 'none' ? null : visibility,
    review_text: 'yes',
  }));

const definition = {
  survey: [
    ...questionRows('top'),
    { type: 'select_one yes_no', name: 'agreed', label: 'Consentement' },
    { type: 'geopoint', name: 'shelter', label: 'Lieu', visibility: 'public' },
    { type: 'begin_group', name: 'group', label: 'Groupe' },
    ...questionRows('group'),
    { type: 'end_group' },
    { type: 'begin_repeat', name: 'repeat', label: 'Répétition' },
    ...questionRows('repeat'),
    { type: 'end_repeat' },
  ],
  choices: [
    { list_name: 'yes_no', name: 'yes', label: 'Oui' },
    { list_name: 'yes_no', name: 'no', label: 'Non' },
  ],
  settings: { form_title: 'Canaris', version: '1', consent: 'agreed', geometry: 'shelter' },
};

function answersOf(record: string, agreed: 'yes' | 'no') {
  const at = (place: string) =>
    Object.fromEntries(
      visibilities.map((visibility) => [
        `${place}_${visibility}`,
        canary(record, place, visibility),
      ]),
    );
  return {
    ...at('top'),
    agreed,
    shelter: { lat: 14.123456, lon: -17.654321 },
    group: at('group'),
    repeat: [at('repeat')],
  };
}

/** accepted with consent; accepted without; still to be reviewed; rejected. */
const records = [
  { name: 'open', agreed: 'yes', decision: 'accept' },
  { name: 'unconsented', agreed: 'no', decision: 'accept' },
  { name: 'unreviewed', agreed: 'yes', decision: undefined },
  { name: 'rejected', agreed: 'yes', decision: 'reject' },
] as const;

let server: RunningServer;
let coordinator: Client;
let member: Client;
let other: Client;

beforeAll(async () => {
  server = await startServer();
  coordinator = new Client(server.url, server.coordinatorToken);
  ({ client: member } = await joinNetwork(coordinator, 'ong-secret-name', 'Organisation Canari'));
  ({ client: other } = await joinNetwork(coordinator, 'ong-other', 'ONG Autre'));
  const uploaded = await coordinator.put('/v1/forms/canaries/draft', definition);
  expect(uploaded.status, uploaded.text).toBe(200);
  await coordinator.post('/v1/forms/canaries/publish');
  for (const { name, agreed, decision } of records) {
    const instanceId = `instance-of-${name}`;
    const sent = await member.submit('canaries', instanceId, answersOf(name, agreed));
    expect(sent.status, sent.text).toBe(201);
    if (decision !== undefined) {
      await coordinator.review('canaries', instanceId, 1, decision, 'Une note de la relecture.');
    }
  }
  expect((await coordinator.compile()).state).toBe('done');
});
afterAll(() => server.kill());

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function textOf(file: string): Promise<string> {
  const bytes = await readFile(file);
  return (file.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes).toString('utf8');
}

/** Every canary in any file whose path matches, wherever in the folder the server keeps it. */
async function canariesIn(
  pattern: RegExp,
): Promise<{ found: Set<string>; files: number; all: string }> {
  const found = new Set<string>();
  let files = 0;
  let all = '';
  for (const file of await filesBelow(server.home)) {
    if (!pattern.test(file)) continue;
    files += 1;
    const text = await textOf(file);
    all += text;
    for (const match of text.matchAll(/canary-[a-z]+-[a-z]+-[a-z]+/g)) found.add(match[0]);
  }
  return { found, files, all };
}

function expected(names: readonly string[], seen: readonly string[]): string[] {
  return names
    .flatMap((name) =>
      places.flatMap((place) => seen.map((visibility) => canary(name, place, visibility))),
    )
    .sort();
}

describe('the canaries', () => {
  it('of public questions of the one accepted, consented record are all that is under public/', async () => {
    const { found, files, all } = await canariesIn(/\/public\/[^/]+$/);
    expect(files).toBeGreaterThan(0);
    expect([...found].sort()).toEqual(expected(['open'], ['public']));
    expect(all).not.toContain('ong-secret-name');
    expect(all).not.toContain('Organisation Canari');
    expect(all).not.toMatch(/14\.123|17\.654/);
    expect(all).not.toContain('instance-of-unconsented');
  });

  it('are the same in the public audience of each version', async () => {
    const { found, files } = await canariesIn(/\/datasets\/canaries\/.*\/public\/[^/]+$/);
    expect(files).toBeGreaterThan(0);
    expect([...found].sort()).toEqual(expected(['open'], ['public']));
  });

  it('of members visibility reach members, from accepted records only', async () => {
    const { found, files } = await canariesIn(/\/datasets\/canaries\/.*\/members\/[^/]+$/);
    expect(files).toBeGreaterThan(0);
    expect([...found].sort()).toEqual(expected(['open', 'unconsented'], ['members', 'public']));
  });

  it('reach the coordinator all', async () => {
    const { found } = await canariesIn(/\/datasets\/canaries\/.*\/coordinator\/[^/]+$/);
    const names = records.map(({ name }) => name);
    expect([...found].sort()).toEqual(expected(names, visibilities));
  });

  it('that are private come to another member by no path of the API', async () => {
    const paths = [
      '/v1/forms/canaries/submissions',
      '/v1/forms/canaries/submissions/instance-of-open',
      '/v1/forms/canaries/submissions/instance-of-open/revisions',
      '/v1/forms/canaries/quarantine',
      '/v1/datasets/canaries',
      '/v1/datasets/canaries/versions',
      '/v1/datasets/canaries/files/canaries.csv',
      '/v1/datasets/canaries/files/canaries.json',
      '/v1/datasets/canaries/files/canaries.repeat.csv',
      '/v1/datasets/canaries/files/canaries.csv?audience=coordinator',
      '/v1/coverage',
    ];
    for (const path of paths) {
      const { text } = await other.get(path);
      expect(text, path).not.toMatch(/canary-[a-z]+-[a-z]+-(none|coordinator)/);
      expect(text, path).not.toMatch(/canary-(unreviewed|rejected)/);
    }
  });

  it('are in no log of the server', () => {
    expect(server.output()).not.toMatch(/canary-/);
  });
});
