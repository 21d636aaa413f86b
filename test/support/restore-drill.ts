import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import * as z from 'zod';
import { joinNetwork, type Client } from './client.ts';

/** What must be found nowhere once the submission that it is in was erased. */
export const erasedText = 'canari-effacé-après-la-sauvegarde';
export const erasedId = 'drill-erased';
const formId = 'drill';

/** Whatever runs `fiche` as an operator would: the exit code, and what was printed to either stream. */
export type Fiche = (
  ...words: string[]
) => Promise<{ readonly code: number | null; readonly out: string; readonly output: string }>;

/** What an operator would have seen of a drill, without progress and lists of datasets. */
export class Transcript {
  readonly #lines: string[] = [];

  of(fiche: Fiche): Fiche {
    return async (...words) => {
      const began = performance.now();
      const ended = await fiche(...words);
      const seconds = Math.ceil((performance.now() - began) / 1000);
      const told = ended.output
        .split('\n')
        .filter((line) => line !== '' && !/: \d+ %$/.test(line) && !/\t\d+\t[=*]$/.test(line));
      this.#lines.push(
        `$ fiche ${words.join(' ')}   # ${seconds} s`,
        ...told.map((line) => `  ${line}`),
      );
      return ended;
    };
  }

  step(text: string): void {
    this.#lines.push(`# ${text}`);
  }

  toString(): string {
    return this.#lines.join('\n');
  }
}

/** A form, an organisation, submissions in several states, two of them with files; compiled. */
export async function fillNetwork(coordinator: Client): Promise<Client> {
  const { client: member } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha');
  const drafted = await coordinator.put(`/v1/forms/${formId}/draft`, {
    survey: [
      {
        type: 'text',
        name: 'title',
        label: 'Titre',
        visibility: 'public',
        review_text: 'yes',
      },
      { type: 'file', name: 'list', label: 'Liste' },
    ],
    choices: [],
    settings: { version: '1', default_language: 'fr' },
  });
  expect(drafted.status, drafted.text).toBe(200);
  await coordinator.post(`/v1/forms/${formId}/publish`);
  for (let index = 0; index < 12; index += 1)
    await send(member, `drill-number-${index}`, `Titre ${index}`);
  await sendWithFile(member, 'drill-with-file', 'Titre et liste');
  await sendWithFile(member, erasedId, erasedText);
  for (const instanceId of ['drill-with-file', erasedId]) {
    const reviewed = await coordinator.review(formId, instanceId, 2, 'accept');
    expect(reviewed.status, reviewed.text).toBe(200);
  }
  await coordinator.review(formId, 'drill-number-0', 1, 'accept');
  await coordinator.review(formId, 'drill-number-1', 1, 'needs-changes', 'Où ?');
  expect((await coordinator.compile()).state).toBe('done');
  return member;
}

async function send(member: Client, instanceId: string, title: string): Promise<void> {
  const sent = await member.submit(formId, instanceId, { title });
  expect(sent.status, sent.text).toBe(201);
}

const Asked = z.object({
  upload: z.object({ url: z.string(), headers: z.record(z.string(), z.string()) }),
});

async function sendWithFile(member: Client, instanceId: string, title: string): Promise<void> {
  const bytes = Buffer.from(`%PDF-1.4\n% ${title}\n`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const file = { file: 'liste.pdf', sha256, bytes: bytes.length, type: 'application/pdf' };
  const sent = await member.submit(formId, instanceId, { title, list: file });
  expect(sent.status, sent.text).toBe(201);
  const path = `/v1/forms/${formId}/submissions/${instanceId}/attachments`;
  const { upload } = Asked.parse((await member.post(path, file)).body);
  const { url, headers } = upload;
  const stored = await fetch(url, { method: 'PUT', body: bytes, headers });
  expect(stored.ok, await stored.text()).toBe(true);
  await member.post(path, file);
}

/** Submissions that go on until `during` has ended. */
export async function whileSending<T>(member: Client, during: () => Promise<T>): Promise<T> {
  const work = { over: false };
  const sending = (async () => {
    for (let index = 0; !work.over; index += 1)
      await send(member, `drill-during-${index}`, `${index}`);
  })();
  try {
    return await during();
  } finally {
    work.over = true;
    await sending;
  }
}

/** What the coordinator sees of every submission of the form. */
export async function submissionsOf(coordinator: Client): Promise<readonly string[]> {
  const list = await coordinator.all(`/v1/forms/${formId}/submissions?limit=100`);
  return list.map((one) => JSON.stringify(one)).toSorted();
}

/** The status with which a file of a submission is answered, and its bytes. */
export async function fileOf(client: Client, instanceId: string): Promise<[number, string]> {
  const path = `/v1/forms/${formId}/submissions/${instanceId}/attachments/liste.pdf`;
  const { status, bytes } = await client.download(path);
  return [status, bytes.toString()];
}

const Listed = z.object({ dataset: z.string() });
const Manifest = z.object({
  audiences: z.record(z.string(), z.object({ files: z.array(z.object({ name: z.string() })) })),
});

/** The bytes of every file of every dataset, as the coordinator fetches them. */
export async function datasetFiles(coordinator: Client): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const listed of await coordinator.all('/v1/datasets')) {
    const { dataset } = Listed.parse(listed);
    const path = `/v1/datasets/${dataset}`;
    const { audiences } = Manifest.parse((await coordinator.get(path)).body);
    for (const { name } of audiences['coordinator']?.files ?? []) {
      const { status, bytes } = await coordinator.download(`${path}/files/${name}`);
      expect([name, status]).toEqual([name, 200]);
      files.set(`${dataset}/${name}`, bytes);
    }
  }
  return files;
}

/** Names of the datasets that hold something of the drill's form, and so a date that follows it. */
const readers = new Set([formId, 'coverage', 'catalog']);

/** Names of those files that may not differ between two installations with the same records, and do. */
export function differing(
  before: ReadonlyMap<string, Buffer>,
  after: ReadonlyMap<string, Buffer>,
): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  // Of a dataset that was compiled anew, what has no date of the compile in it.
  const isCompared = (name: string): boolean =>
    !readers.has(name.split('/')[0] ?? '') || /\.(?:csv|ndjson)$/.test(name);
  return [...names].filter(
    (name) =>
      isCompared(name) && before.get(name)?.equals(after.get(name) ?? Buffer.of(0)) !== true,
  );
}
