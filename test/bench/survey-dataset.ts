import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { collect } from '../../shared/dataset/segments/collect.ts';
import type { CompileDeps } from '../../shared/dataset/compile-deps.ts';
import { FormDefinitionSchema } from '../../shared/form/definition-schema.ts';
import { FormLibrary } from '../../shared/form/library/form-library.ts';
import { FormId, InstanceId, OrgId } from '../../shared/ids.ts';
import { DiskObjectStore } from '../../shared/objects/disk-object-store.ts';
import type { ObjectBody, ObjectHeaders, ObjectInfo } from '../../shared/objects/object-store.ts';
import { shardKey, shardOf } from '../../shared/store/keys.ts';
import type { RecordStore, StoredRecord } from '../../shared/store/record-store.ts';
import { openSqlite } from '../../shared/store/sqlite-record-store.ts';
import { toHead } from '../../shared/submission/records/head-record.ts';
import { testKeys } from '../support/keyring.ts';
import { surveyAnswers, surveyForm } from './survey-form.ts';

/** Of the form that the benches of datasets publish. */
export const formId = FormId.parse('bench');
const shards = 4;
const pageRows = 1_000;
const at = new Date(Date.UTC(2026, 0, 1));
export const clock = (): Date => at;

/** A bench's folder with what compile needs; the record store is made up as it is read. */
export interface SurveyDataset {
  readonly deps: CompileDeps & { readonly objects: ForgetfulStore };
  close(): void;
}

/** Opens the folder of a form of `columns` questions; `rows` are there to be collected. */
export function openSurvey(folder: string, columns: number, rows = 0): SurveyDataset {
  mkdirSync(folder, { recursive: true });
  const stores = openSqlite(join(folder, 'fiche.sqlite'));
  const objects = new ForgetfulStore(join(folder, 'objects'));
  const forms = new FormLibrary(stores.registry, objects, clock);
  const submissions = madeUp(columns, rows);
  return {
    deps: { submissions, registry: stores.registry, objects, forms, clock, keys: testKeys },
    close: () => {
      stores.close();
      objects.close();
    },
  };
}

/** Publishes the form and writes the segments of all rows. */
export async function fillSurvey({ deps }: SurveyDataset, columns: number): Promise<void> {
  const form = surveyForm(columns, { review: 'required' });
  await deps.forms.putDraft(formId, FormDefinitionSchema.parse(form));
  await deps.forms.publish(formId);
  for (let shard = 0; shard < shards; shard += 1) await collect(deps, { formId, shard });
}

/** Keeps what compile works on, and of versions only how long their files are, once it has had all bytes. */
class ForgetfulStore extends DiskObjectStore {
  readonly #lengths = new Map<string, number>();
  /** Is given the bytes of a version's file. */
  onBytes: (key: string, bytes: Uint8Array) => void = () => undefined;

  override async put(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<ObjectInfo> {
    if (!key.startsWith('datasets/')) return super.put(key, body, headers);
    let bytes = 0;
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      bytes += chunk.byteLength;
      this.onBytes(key, chunk);
    }
    this.#lengths.set(key, bytes);
    return { key, bytes, etag: '', modified: at };
  }

  override async info(key: string): Promise<(ObjectInfo & ObjectHeaders) | undefined> {
    const bytes = this.#lengths.get(key);
    if (bytes === undefined) return super.info(key);
    return { key, bytes, etag: '', modified: at, contentType: '' };
  }

  /** Bytes of all files whose name ends so. */
  written(ending: string): number {
    const found = [...this.#lengths].filter(([key]) => key.endsWith(ending));
    return found.reduce((sum, [, bytes]) => sum + bytes, 0);
  }
}

/** A record store of submissions that are made when they are read: storing a million takes an hour. */
function madeUp(columns: number, rows: number): RecordStore {
  const none = (): never => {
    throw new Error('The bench reads pages of submissions, and nothing else.');
  };
  return {
    get: none,
    put: none,
    putIfAbsent: none,
    putIfRevision: none,
    delete: none,
    forget: none,
    query: async ({ partition, index }, { after } = {}) => {
      if (index !== undefined) return Promise.resolve({ records: [] });
      const records: StoredRecord[] = [];
      let row = Number(after?.['row'] ?? '0');
      for (; row < rows && records.length < pageRows; row += 1) {
        const instanceId = InstanceId.parse(`bench-${String(row).padStart(8, '0')}`);
        const shard = shardOf(instanceId, shards);
        if (shardKey(formId, shard) !== partition) continue;
        records.push(recordOf(columns, row, instanceId, shard));
      }
      return Promise.resolve({ records, ...(row < rows ? { next: { row: String(row) } } : {}) });
    },
  };
}

function recordOf(
  columns: number,
  row: number,
  instanceId: InstanceId,
  shard: number,
): StoredRecord {
  const submission = {
    formId,
    instanceId,
    revision: 1,
    state: 'accepted' as const,
    formVersion: '1',
    organisation: OrgId.parse(`ong-${row % 40}`),
    receivedAt: at.toISOString(),
    updatedAt: at.toISOString(),
    answers: JSON.stringify(surveyAnswers(columns, row)),
    contentHash: '0'.repeat(64),
    actHash: '0'.repeat(64),
    by: 'bench',
    issues: [],
    attachments: [],
    missing: [],
  };
  return toHead(submission, shard);
}
