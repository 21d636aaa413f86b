import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3ObjectStore } from '../../shared/objects/s3-object-store.ts';
import { headKey, shardOf } from '../../shared/store/keys.ts';
import { askJson } from '../support/ask-emulator.ts';
import { Client, joinNetwork } from '../support/client.ts';
import { Collect, sha256 } from '../support/collect.ts';
import { startDeployed, type DeployedService } from '../support/deployed-service.ts';
import { wordsInside } from '../support/words-inside.ts';
import { tracesOf } from '../support/traces.ts';

/**
 * Whatever a person sends, under whatever name, well or badly: none of it may be where those who run
 * the service look. Each word stands nowhere else.
 */
const words = {
  text: 'canary-answer-text',
  name: 'Canary Personne-Nommée',
  email: 'canary.person@example.org',
  phone: '+221770004711',
  latitude: '14.712345',
  file: 'canary-photo.png',
  instance: 'uuid:canary-instance-0001',
  phoneInstance: 'uuid:canary-instance-0002',
  erased: 'uuid:canary-instance-0003',
  organisation: 'Organisation Canari et fils',
  organisationId: 'ong-canari',
  note: 'canary-note of a review',
  query: 'canary-in-a-query',
  agent: 'canary-agent/1.0',
  malformed: 'canary-malformed-body',
  refused: 'canary-refused-answer',
  damaged: 'canary-damaged-record',
  device: 'canary-device-id',
} as const;

const definition = {
  survey: [
    { type: 'text', name: 'what', label: 'Quoi', visibility: 'members' },
    { type: 'text', name: 'who', label: 'Qui' },
    { type: 'text', name: 'email', label: 'Courriel' },
    { type: 'text', name: 'phone', label: 'Téléphone' },
    { type: 'integer', name: 'beds', label: 'Lits', constraint: '. < 100' },
    { type: 'geopoint', name: 'place', label: 'Lieu' },
    { type: 'image', name: 'photo', label: 'Photo' },
  ],
  choices: [],
  settings: { form_title: 'Canaris', version: '1' },
};
const form = '/v1/forms/watched/submissions';
const path = (id: string): string => `${form}/${encodeURIComponent(id)}`;
const answers = {
  what: words.text,
  who: words.name,
  email: words.email,
  phone: words.phone,
  beds: 3,
  place: { lat: Number(words.latitude), lon: -17.4 },
};
const photo = Buffer.concat([
  Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk', 'base64'),
  Buffer.from(words.text),
]);

let service: DeployedService;
let coordinator: Client;
let member: Client;
/** What must not be found, by what it is. */
const secrets = new Map<string, string>(Object.entries(words));

beforeAll(async () => {
  service = await startDeployed();
  coordinator = new Client(service.url, service.coordinatorToken);
  const joined = await joinNetwork(coordinator, words.organisationId, words.organisation);
  member = joined.client;
  for (const [whose, token = ''] of [
    ['coordinator', coordinator.token],
    ['member', member.token],
  ] as const) {
    secrets.set(`token of the ${whose}`, token);
    secrets.set(`secret of the ${whose}`, token.split('_').at(-1) ?? '');
  }
  const draft = await coordinator.put('/v1/forms/watched/draft', definition);
  expect(draft.status, draft.text).toBe(200);
  expect((await coordinator.post('/v1/forms/watched/publish')).status).toBe(200);
  await sendWell();
  await sendBadly();
  await sendByPhone();
  await eraseOne();
  expect((await coordinator.compile()).state).toBe('done');
  await readEverything();
  await damage();
  const revoke = `/v1/organisations/${words.organisationId}/tokens/${joined.tokenId}`;
  expect((await coordinator.request('DELETE', revoke)).status).toBe(204);
  expect((await member.get('/v1/me')).status).toBe(401);
});
afterAll(() => service.close());

/** Accepted, sent again, edited, reviewed, with a file by a link; another in conflict. */
async function sendWell(): Promise<void> {
  const file = { file: words.file, bytes: photo.length, sha256: sha256(photo), type: 'image/png' };
  const whole = { ...answers, photo: file };
  expect((await member.submit('watched', words.instance, whole)).status).toBe(201);
  expect((await member.submit('watched', words.instance, whole)).status).toBe(200);
  expect((await member.submit('watched', words.instance, answers)).status).toBe(409);
  const asked = await member.post(`${path(words.instance)}/attachments`, file);
  const { upload } = asked.body as { upload: { url: string; headers: Record<string, string> } };
  const put = (bytes: Buffer): Promise<Response> =>
    fetch(upload.url, { method: 'PUT', headers: upload.headers, body: new Uint8Array(bytes) });
  expect((await put(Buffer.from(words.malformed))).ok).toBe(false);
  expect((await put(photo)).ok).toBe(true);
  expect((await member.post(`${path(words.instance)}/attachments`, file)).status).toBe(200);
  const revision = Number(
    (await member.get(path(words.instance))).headers.get('etag')?.slice(1, -1),
  );
  const reviewed = await coordinator.review(
    'watched',
    encodeURIComponent(words.instance),
    revision,
    'needs-changes',
    words.note,
  );
  expect(reviewed.status, reviewed.text).toBe(200);
  const ifMatch = { 'if-match': `"${revision + 1}"` };
  const edited = await member.put(path(words.instance), { answers: whole }, ifMatch);
  expect(edited.status, edited.text).toBe(200);
}

/** Refused for every reason that quotes what was sent, if anything does. */
async function sendBadly(): Promise<void> {
  const statuses: number[] = [];
  const told = async (answer: Promise<{ status: number }>): Promise<void> => {
    statuses.push((await answer).status);
  };
  const raw = (text: string, headers: Record<string, string> = {}) =>
    member.request('POST', form, { raw: text, headers });
  await told(raw(`{"instanceId": "${words.malformed}`));
  await told(raw(words.malformed, { 'content-type': `text/${words.malformed}` }));
  await told(raw(JSON.stringify({ [words.malformed]: words.malformed })));
  await told(member.submit('watched', 'watched-refused', { ...answers, beds: words.refused }));
  await told(member.submit('watched', 'watched-refused', { ...answers, [words.refused]: 1 }));
  await told(member.submit(words.refused, 'watched-refused', answers));
  await told(member.get(`/v1/${words.query}`));
  await told(member.get(`${form}?state=${words.query}&cursor=${words.query}`));
  await told(member.get('/v1/me', { accept: words.query, 'user-agent': words.agent }));
  await told(new Client(service.url, words.refused).get('/v1/me'));
  await told(member.get(`/v1/odata/watched/Submissions?$filter=what eq ${words.query}`));
  await told(member.put(path(words.instance), { answers }, { 'if-match': `"${words.query}"` }));
  expect(statuses.filter((status) => status >= 500)).toEqual([]);
  expect(statuses.filter((status) => status >= 400).length).toBeGreaterThan(9);
}

/** The token stands in the path. */
async function sendByPhone(): Promise<void> {
  const phone = new Collect(service.url, member.token ?? '', service.address);
  const [listed] = await phone.formList('?formID=watched');
  const xml =
    `<data id="watched" version="${listed?.version ?? ''}" xmlns:orx="http://openrosa.org/xforms">` +
    `<what>${words.text}</what><who>${words.name}</who><email>${words.email}</email>` +
    `<phone>${words.phone}</phone><beds>700</beds><place>${words.latitude} -17.4 0 0</place>` +
    `<photo>${words.file}</photo>` +
    `<orx:meta><orx:instanceID>${words.phoneInstance}</orx:instanceID></orx:meta></data>`;
  const file = { name: words.file, type: 'image/png', bytes: photo };
  expect((await phone.send(xml, [file])).status).toBe(201);
  expect((await phone.send(xml.replace(words.text, words.refused), [file])).status).toBe(409);
  expect((await phone.send(xml.slice(0, -9))).status).toBe(400);
  const stranger = await fetch(`${service.url}/v1/key/${words.malformed}/formList`);
  expect(stranger.status).toBe(401);
  await fetch(`${phone.base}/submission?deviceID=${words.device}`, { method: 'HEAD' });
}

async function eraseOne(): Promise<void> {
  expect((await member.submit('watched', words.erased, answers)).status).toBe(201);
  expect((await coordinator.post(`${path(words.erased)}/erase`)).status).toBe(204);
  expect((await member.submit('watched', words.erased, answers)).status).toBe(410);
}

async function readEverything(): Promise<void> {
  for (const file of ['watched.csv', 'watched.json', 'watched.xlsx', words.query]) {
    await coordinator.download(`/v1/datasets/watched/files/${file}`);
  }
  const pair = Buffer.from(`canary:${coordinator.token ?? ''}`).toString('base64');
  const feed = new URL('/v1/odata/watched/Submissions', service.url);
  const read = await fetch(feed, { headers: { authorization: `Basic ${pair}` } });
  expect(read.status).toBe(200);
  for (const what of [form, '/v1/forms/watched/quarantine', '/v1/coverage', path(words.instance)]) {
    expect((await coordinator.get(what)).status, what).toBe(200);
  }
}

/** What fails tells most: a record and a file that cannot be read, in a door and in a compile. */
async function damage(): Promise<void> {
  const { emulator, outputs } = service;
  const at = { endpoint: emulator.url, region: emulator.environment['AWS_REGION'] ?? '' };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const records = DynamoDBDocumentClient.from(new DynamoDBClient({ ...at, credentials }));
  const TableName = outputs.SubmissionsTableName;
  const { pk, sk } = headKey('watched', shardOf(words.instance, 4), words.instance);
  const { Items: [head] = [] } = await records.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk AND sk = :sk',
      ExpressionAttributeValues: { ':pk': pk, ':sk': sk },
    }),
  );
  const damaged = {
    ...head,
    at: new Date().toISOString(),
    answers: words.damaged,
    state: words.damaged,
  };
  await records.send(new PutCommand({ TableName, Item: damaged }));
  expect((await coordinator.get(path(words.instance))).status).toBe(500);
  expect((await coordinator.compile()).state).toBe('failed');
  await records.send(new PutCommand({ TableName, Item: { ...head } }));

  const objects = new S3ObjectStore(
    new S3Client({ ...at, credentials, forcePathStyle: true }),
    outputs.ObjectsBucketName,
  );
  const contentType = 'application/octet-stream';
  for await (const page of objects.list('segments/watched/')) {
    for (const { key } of page) {
      await objects.put(key, Buffer.from(words.damaged), { contentType });
    }
  }
  // Makes everything anew and finds what is damaged.
  const name = 'verify-damaged';
  const started = await askJson(emulator, 'states', 'AWSStepFunctions.StartExecution', {
    stateMachineArn: outputs.CompileStateMachine,
    name,
    input: JSON.stringify({ verify: true }),
  });
  for (;;) {
    const { status } = (await askJson(
      emulator,
      'states',
      'AWSStepFunctions.DescribeExecution',
      started as object,
    )) as { status: string };
    if (status !== 'RUNNING') break;
    await wait(200);
  }
}

describe('what a person sends', () => {
  it('is in no log, metric, message, execution, schedule or stack, and not in what was printed', async () => {
    const traces = await tracesOf(service.emulator);
    // It looked where there is something to see.
    const of = (kind: string) => [...traces].filter(([place]) => place.startsWith(kind));
    const logged = of('log ').map(([, text]) => text);
    for (const service of [
      'submissions',
      'registry',
      'datasets',
      'openrosa',
      'collect',
      'verify',
    ]) {
      expect(
        logged.some((text) => text.includes(`"service":"${service}"`)),
        service,
      ).toBe(true);
    }
    for (const text of ['failed', 'drift', 'createSubmission', 'CloudWatchMetrics']) {
      expect(
        logged.some((lines) => lines.includes(text)),
        text,
      ).toBe(true);
    }
    expect(of('execution ').length).toBeGreaterThan(2);
    for (const kind of ['queue', 'schedule', 'stack fiche-', 'functions']) {
      expect(of(kind).length, kind).toBeGreaterThan(0);
    }
    const found = [...traces].flatMap(([place, text]) =>
      wordsInside(text, secrets).map((what) => `${what} in ${place}`),
    );
    expect(found).toEqual([]);
  });
});
