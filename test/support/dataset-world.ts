import { buffer } from 'node:stream/consumers';
import type { Keyring } from '../../shared/access/keyring.ts';
import { collect } from '../../shared/dataset/segments/collect.ts';
import type { Format } from '../../shared/dataset/formats/format.ts';
import { publish } from '../../shared/dataset/publish/publish.ts';
import { compileAll } from '../../shared/dataset/publish/compile-all.ts';
import type { CompileDeps } from '../../shared/dataset/compile-deps.ts';
import { openDatasetFile } from '../../shared/dataset/versions/read-datasets.ts';
import { FormDefinitionSchema } from '../../shared/form/definition-schema.ts';
import { FormLibrary } from '../../shared/form/library/form-library.ts';
import type { Audience } from '../../shared/form/model.ts';
import { FormId, InstanceId, OrgId } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';
import { headKey, shardOf } from '../../shared/store/keys.ts';
import { toHead, toTombstone } from '../../shared/submission/records/head-record.ts';
import { noteErasure } from '../../shared/submission/erasure/erasure-record.ts';
import type { SubmissionState } from '../../shared/submission/records/submission.ts';
import { Interruptions } from './interruptions.ts';
import { testKeys } from './keyring.ts';
import { MemoryObjectStore } from './memory-object-store.ts';
import { MemoryRecordStore } from './memory-record-store.ts';

export const shards = 4;

/** Stores in memory, a clock that tests move, and submissions put as the write path leaves them. */
export class DatasetWorld {
  readonly interruptions = new Interruptions();
  readonly submissions = new MemoryRecordStore(this.interruptions);
  readonly registry = new MemoryRecordStore(this.interruptions);
  readonly objects = new MemoryObjectStore(this.interruptions);
  now = Date.UTC(2026, 0, 15, 9);
  /** Cells of a part; undefined: as many as in use. */
  partCells: number | undefined;
  keys: Keyring = testKeys;
  readonly clock = (): Date => new Date(this.now);
  readonly forms = new FormLibrary(this.registry, this.objects, this.clock);

  get deps(): CompileDeps {
    const { submissions, registry, objects, forms, clock } = this;
    const { partCells, keys } = this;
    const parts = partCells === undefined ? {} : { partCells };
    return { submissions, registry, objects, forms, clock, ...parts, keys };
  }

  /** Goes on by so many seconds. */
  wait(seconds: number): void {
    this.now += seconds * 1000;
  }

  async publishForm(formId: string, definition: unknown): Promise<void> {
    await this.forms.putDraft(formId, FormDefinitionSchema.parse(definition));
    await this.forms.publish(formId);
  }

  /** A revision of a submission, dated now. */
  async put(
    formId: string,
    instanceId: string,
    answers: JsonObject,
    {
      revision = 1,
      state = 'accepted',
      organisation = 'ong-alpha',
      formVersion = '1',
      reviewed = state === 'accepted',
    }: {
      readonly revision?: number;
      readonly state?: SubmissionState;
      readonly organisation?: string;
      readonly formVersion?: string;
      /** A coordinator accepted it: else it was accepted on arrival. */
      readonly reviewed?: boolean;
    } = {},
  ): Promise<void> {
    const at = this.clock().toISOString();
    const submission = {
      formId: FormId.parse(formId),
      instanceId: InstanceId.parse(instanceId),
      revision,
      state,
      organisation: OrgId.parse(organisation),
      formVersion,
      receivedAt: at,
      updatedAt: at,
      answers: JSON.stringify(answers),
      contentHash: '0'.repeat(64),
      actHash: '0'.repeat(64),
      by: 'test',
      issues: [],
      attachments: [],
      missing: [],
      ...(reviewed && { review: { decision: 'accept' as const, at } }),
    };
    await this.submissions.put(toHead(submission, shardOf(instanceId, shards)));
  }

  /** What erasing leaves: a tombstone, and a note for compile. */
  async erase(formId: string, instanceId: string): Promise<void> {
    const head = await this.submissions.get(
      headKey(formId, shardOf(instanceId, shards), instanceId),
    );
    if (head === undefined) throw new Error(`No submission ${instanceId}.`);
    await this.submissions.put(toTombstone(head, this.clock().toISOString()));
    const shard = shardOf(instanceId, shards);
    await noteErasure(this.deps, { formId, instanceId, shard }, 'erased', this.clock());
  }

  async collectAll(formId: string, options: { readonly full?: boolean } = {}): Promise<void> {
    for (let shard = 0; shard < shards; shard += 1) {
      await collect(this.deps, { formId, shard }, options);
    }
  }

  /** The dataset of a form alone, in these formats; absent: all. */
  async compileForm(formId: string, formats?: readonly Format[]): Promise<void> {
    await this.collectAll(formId);
    await publish(this.deps, formId, { formats });
  }

  async compile(): ReturnType<typeof compileAll> {
    return compileAll(this.deps);
  }

  /** The text of an object, byte order mark and all; throws if there is none. */
  async read(key: string): Promise<string> {
    const body = await this.objects.get(key);
    if (body === undefined) throw new Error(`No object ${key}.`);
    return (await buffer(body)).toString('utf8');
  }

  async file(datasetId: string, audience: Audience, name: string): Promise<string> {
    const { key } = await openDatasetFile(this.deps, datasetId, name, audience);
    return this.read(key);
  }

  /** The records of a dataset's JSON file. */
  async records(datasetId: string, audience: Audience = 'coordinator'): Promise<JsonObject[]> {
    const document = JSON.parse(await this.file(datasetId, audience, `${datasetId}.json`)) as {
      records: JsonObject[];
    };
    return document.records;
  }

  /** Every object with its bytes, for comparing two worlds. */
  async contents(prefix: string): Promise<Record<string, string>> {
    const keys = this.objects.keys().filter((key) => key.startsWith(prefix));
    return Object.fromEntries(
      await Promise.all(keys.map(async (key) => [key, await this.read(key)] as const)),
    );
  }
}
