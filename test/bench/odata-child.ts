/**
 * One step of the bench of feeds in a process of its own, so that its memory can be read. Words: the
 * folder, how many rows, and what to do: `fill` it, time `pages`, read all pages of a `filter`, or
 * `scan` the same file without OData. Prints what it took as JSON.
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { flipDatasetPointer } from '../../shared/dataset/versions/dataset-pointer.ts';
import { answerFeed } from '../../functions/datasets/answer-feed.ts';
import { pageLimits, type PageLimits } from '../../shared/dataset/odata/read-page.ts';
import {
  ndjsonName,
  rowIndexName,
  type RowIndex,
} from '../../shared/dataset/versions/row-index.ts';
import { versionFileKey, versionPrefix } from '../../shared/dataset/versions/version-manifest.ts';
import { DiskObjectStore } from '../../shared/objects/disk-object-store.ts';
import { openSqlite } from '../../shared/store/sqlite-record-store.ts';
import { alternate, median } from './figures.ts';
import { testKeys } from '../support/keyring.ts';
import { surveyAnswers } from './survey-form.ts';

const [folder = '', rowWord = '', task = ''] = process.argv.slice(2);
const rows = Number(rowWord);
const columns = 40;
const [datasetId, version] = ['bench', 'v'];
const at = new Date(Date.UTC(2026, 0, 1));
const markBytes = 256 * 1024;
const runs = 41;
const pageRows = Math.ceil(rows / 1000);

const stores = openSqlite(join(folder, 'fiche.sqlite'));
const objects = new DiskObjectStore(join(folder, 'objects'));
const deps = { registry: stores.registry, objects, clock: () => at, keys: testKeys };
const fileKey = versionFileKey(datasetId, version, 'coordinator', ndjsonName(datasetId));

const kinds = ['text', 'integer', 'code', 'date', 'text'] as const;
const meta = [
  { header: 'id', member: 'id', kind: 'text' as const },
  { header: 'received_at', member: 'receivedAt', kind: 'dateTime' as const },
];

/** What compile writes of such a form: rows, their index, manifest and pointer. */
async function fill(): Promise<void> {
  const marks: { offset: number; rows: number[] }[] = [];
  let bytes = 0;
  async function* lines(): AsyncGenerator<Uint8Array> {
    let due = 0;
    for (let row = 0; row < rows; row += 1) {
      if (bytes >= due) {
        marks.push({ offset: bytes, rows: [row] });
        due = bytes + markBytes;
      }
      const id = `bench-${String(row).padStart(8, '0')}`;
      const record = { id, receivedAt: at.toISOString(), answers: surveyAnswers(columns, row) };
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      bytes += line.byteLength;
      yield await Promise.resolve(line);
    }
  }
  await objects.put(fileKey, lines(), { contentType: 'application/x-ndjson' });
  const label = {};
  const questions = Array.from({ length: columns }, (_, at) => {
    const header = `q${at}`;
    return { header, path: [header], kind: kinds[at % 5] ?? 'text', label };
  });
  const cutOff = at.toISOString();
  const index: RowIndex = {
    format: 1,
    dataset: datasetId,
    version,
    cutOff,
    audience: 'coordinator',
    title: {},
    license: null,
    languages: ['fr'],
    meta,
    bytes,
    rows,
    marks,
    tables: [{ name: '', path: [], rows, columns: questions }],
  };
  const json = { contentType: 'application/json' };
  const indexKey = versionFileKey(datasetId, version, 'internal', rowIndexName('coordinator'));
  await objects.put(indexKey, Buffer.from(JSON.stringify(index)), json);
  const manifest = {
    dataset: datasetId,
    version,
    previous: null,
    cutOff,
    createdAt: cutOff,
    forms: [],
    audiences: { coordinator: { rows, files: [] } },
    withheld: {},
    internal: [],
  };
  const manifestKey = `${versionPrefix(datasetId, version)}manifest.json`;
  await objects.put(manifestKey, Buffer.from(JSON.stringify(manifest)), json);
  await flipDatasetPointer(stores.registry, datasetId, undefined, {
    version,
    publishedVersion: version,
    fingerprint: '',
    cutOff,
    createdAt: cutOff,
    rows,
    sources: {},
  });
}

interface Page {
  readonly rows: number;
  readonly link: string | undefined;
}

async function ask(query: Record<string, string>, limits: PageLimits = pageLimits): Promise<Page> {
  const { text = '' } = await answerFeed(
    deps,
    {
      datasetId,
      resource: 'Submissions',
      query,
      audience: 'coordinator' as const,
      accept: undefined,
      language: 'fr' as const,
      origin: 'http://bench',
    },
    limits,
  );
  const page: unknown = JSON.parse(text);
  const has = typeof page === 'object' && page !== null && 'value' in page;
  if (!has || !Array.isArray(page.value)) throw new Error('The bench asked for no rows.');
  const link = '@odata.nextLink' in page ? page['@odata.nextLink'] : undefined;
  return { rows: page.value.length, link: typeof link === 'string' ? link : undefined };
}

const queryOf = (link: string): Record<string, string> =>
  Object.fromEntries(new URL(link).searchParams);

async function timed(act: () => Promise<Page>): Promise<number> {
  const begun = performance.now();
  const page = await act();
  if (page.rows !== pageRows) throw new Error(`A page has ${page.rows} rows.`);
  return performance.now() - begun;
}

/** The last of 1,000 pages by its link and by `$skip`, beside the first. */
async function pages(): Promise<object> {
  const limits = { ...pageLimits, rows: pageRows };
  let query: Record<string, string> = { $skip: String(rows - 2 * pageRows) };
  const before = await ask(query, limits);
  query = queryOf(before.link ?? '');
  const $skip = String(rows - pageRows);
  const byLink = await alternate(
    runs,
    () => timed(() => ask({}, limits)),
    () => timed(() => ask(query, limits)),
  );
  const bySkip = await alternate(
    runs,
    () => timed(() => ask({}, limits)),
    () => timed(() => ask({ $skip }, limits)),
  );
  return {
    firstMs: median([...byLink.first, ...bySkip.first]),
    byLinkMs: median(byLink.second),
    bySkipMs: median(bySkip.second),
  };
}

/** An answer that one row in a hundred has, over all rows. */
async function filter(): Promise<object> {
  let found = 0;
  let query: Record<string, string> = {
    $filter: "q1 gt 997 and contains(q0,'Dakar')",
    $select: 'id,q0,q1',
  };
  for (;;) {
    const page = await ask(query);
    found += page.rows;
    if (page.link === undefined) break;
    query = queryOf(page.link);
  }
  return { found };
}

async function order(): Promise<object> {
  const page = await ask({ $orderby: 'q1 desc,q0', $count: 'true', $filter: 'q1 gt 0' });
  return { found: page.rows };
}

async function scan(): Promise<object> {
  let found = 0;
  const input = Readable.from((await objects.get(fileKey)) ?? []);
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const { answers }: { answers: { q0: string; q1: number } } = JSON.parse(line) as never;
    if (answers.q1 > 997 && answers.q0.includes('Dakar')) found += 1;
  }
  return { found };
}

const tasks: Readonly<Record<string, () => Promise<object | undefined>>> = {
  fill: async () => {
    await fill();
    return {};
  },
  pages,
  filter,
  order,
  scan,
};
// Milliseconds of the processor, in all threads: others are at work on the same machine.
const before = process.cpuUsage();
const result = await tasks[task]?.();
const { user, system } = process.cpuUsage(before);
const cpuMs = (user + system) / 1000;
const residentMb = process.resourceUsage().maxRSS / 1024;
stores.close();
objects.close();
console.log(JSON.stringify({ ...result, cpuMs, residentMb }));
