/**
 * One compile in a process of its own, so that its memory can be read: fills a folder with `rows`
 * submissions, then collects and publishes them, and prints what it took as JSON.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect } from '../../shared/dataset/segments/collect.ts';
import { publish } from '../../shared/dataset/publish/publish.ts';
import { FormDefinitionSchema } from '../../shared/form/definition-schema.ts';
import { FormLibrary } from '../../shared/form/library/form-library.ts';
import { FormId, InstanceId, OrgId } from '../../shared/ids.ts';
import { DiskObjectStore } from '../../shared/objects/disk-object-store.ts';
import { shardOf } from '../../shared/store/keys.ts';
import type { RecordStore } from '../../shared/store/record-store.ts';
import { openSqlite } from '../../shared/store/sqlite-record-store.ts';
import { toHead } from '../../shared/submission/records/head-record.ts';
import { testKeys } from '../support/keyring.ts';
import { surveyAnswers, surveyForm } from './survey-form.ts';

const columns = 40;
const shards = 4;
const rows = Number(process.argv[2] ?? '1000');
const names = [...Array.from({ length: columns }, (_, index) => `q${index}`), 'place'];
const start = Date.UTC(2026, 0, 1);
const minute = 60_000;

const folder = await mkdtemp(join(tmpdir(), 'fiche-bench-'));
const stores = openSqlite(join(folder, 'fiche.sqlite'));
const { submissions, registry } = stores;
const objects = new DiskObjectStore(join(folder, 'objects'));
let now = start;
const clock = (): Date => new Date(now);
const forms = new FormLibrary(registry, objects, clock);
const formId = FormId.parse('bench');
await forms.putDraft(
  formId,
  FormDefinitionSchema.parse(surveyForm(columns, { review: 'required' })),
);
await forms.publish(formId);

async function fill(from: number, to: number, revision: number): Promise<void> {
  const at = clock().toISOString();
  let writes: Promise<unknown>[] = [];
  for (let row = from; row < to; row += 1) {
    const instanceId = InstanceId.parse(`bench-${String(row).padStart(8, '0')}`);
    const answers = surveyAnswers(columns, row * revision);
    const submission = {
      formId,
      instanceId,
      revision,
      state: 'accepted' as const,
      organisation: OrgId.parse('ong-alpha'),
      formVersion: '1',
      receivedAt: at,
      updatedAt: at,
      answers: JSON.stringify(answers),
      contentHash: '0'.repeat(64),
      actHash: '0'.repeat(64),
      by: 'bench',
      issues: [],
      attachments: [],
      missing: [],
    };
    writes.push(submissions.put(toHead(submission, shardOf(instanceId, shards))));
    if (writes.length === 1_000) {
      await Promise.all(writes);
      writes = [];
    }
  }
  await Promise.all(writes);
}

/** Counts what compile asks of a store. */
function counted(store: RecordStore): { store: RecordStore; reads: () => number } {
  let reads = 0;
  return {
    reads: () => reads,
    store: {
      get: (key) => {
        reads += 1;
        return store.get(key);
      },
      put: (record) => store.put(record),
      putIfAbsent: (record) => store.putIfAbsent(record),
      putIfRevision: (record, revision) => store.putIfRevision(record, revision),
      forget: () => store.forget(),
      query: async (range, options) => {
        const page = await store.query(range, options);
        reads += page.records.length;
        return page;
      },
      delete: (key) => store.delete(key),
    },
  };
}

async function objectCount(): Promise<number> {
  let count = 0;
  for await (const page of objects.list('')) count += page.length;
  return count;
}

/** Collects every shard and publishes; gives milliseconds and reads of submissions and registry. */
async function compile(): Promise<{ ms: number; records: number; registry: number }> {
  const counting = { submissions: counted(submissions), registry: counted(registry) };
  const deps = {
    submissions: counting.submissions.store,
    registry: counting.registry.store,
    objects,
    forms,
    clock,
    keys: testKeys,
  };
  const began = performance.now();
  for (let shard = 0; shard < shards; shard += 1) await collect(deps, { formId, shard });
  await publish(deps, formId);
  return {
    ms: performance.now() - began,
    records: counting.submissions.reads(),
    registry: counting.registry.reads(),
  };
}

/** The floor: a loop that joins the same rows into one CSV string in memory, quoting what must be. */
function floor(): number {
  const dataset = Array.from({ length: rows }, (_, row) => surveyAnswers(columns, row));
  globalThis.gc?.();
  const began = performance.now();
  let text = '';
  for (const answers of dataset) {
    const cells: string[] = [];
    for (const name of names) {
      const value = answers[name] ?? '';
      const cell = typeof value === 'string' ? value : JSON.stringify(value);
      cells.push(/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    }
    text += `${cells.join(',')}\r\n`;
  }
  const bytes = Buffer.byteLength(text);
  const ms = performance.now() - began;
  return bytes > 0 ? ms : Number.NaN;
}

await fill(0, rows, 1);
now = start + 10 * minute;
globalThis.gc?.();
const full = await compile();
const residentMb = process.resourceUsage().maxRSS / 1024;

now = start + 20 * minute;
const before = await objectCount();
const unchanged = await compile();
const written = (await objectCount()) - before;

now = start + 30 * minute;
const changedRows = Math.floor(rows / 100);
await fill(0, changedRows, 2);
now = start + 40 * minute;
const changed = await compile();
const floorMs = process.argv[3] === 'floor' ? floor() : Number.NaN;

stores.close();
await rm(folder, { recursive: true });
process.stdout.write(
  JSON.stringify({
    rows,
    fullMs: full.ms,
    residentMb,
    unchangedWritten: written,
    unchangedReads: (unchanged.records + unchanged.registry) / shards,
    changedRows,
    changedReads: changed.records,
    changedMs: changed.ms,
    floorMs: Number.isNaN(floorMs) ? null : floorMs,
  }),
);
