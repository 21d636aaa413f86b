import { authenticate, createToken, type TokenRequest } from '../../shared/access/tokens.ts';
import {
  createOrganisation,
  listOrganisations,
  type Organisation,
} from '../../shared/access/organisation-records.ts';
import { finishRun, readRun, startRun } from '../../shared/dataset/publish/compile-run.ts';
import {
  flipDatasetPointer,
  readDatasetPointer,
  type DatasetPointer,
} from '../../shared/dataset/versions/dataset-pointer.ts';
import {
  expireVersion,
  noteVersion,
  readDatasetVersions,
  withdrawVersion,
} from '../../shared/dataset/versions/dataset-version.ts';
import {
  flipSegmentPointer,
  readSegmentPointer,
  type SegmentPointer,
} from '../../shared/dataset/segments/segment-pointer.ts';
import {
  fromFormRecord,
  toFormRecord,
  type FormDraft,
  type FormRecord,
  type FormVersion,
} from '../../shared/form/library/form-record.ts';
import { VocabularyStore } from '../../shared/form/library/vocabulary-store.ts';
import { coordination, FormId, InstanceId, OrgId } from '../../shared/ids.ts';
import { listAliases, putAlias, type AliasDecision } from '../../shared/deduplication/same-as.ts';
import type { RecordKind } from '../../shared/store/record-kinds.ts';
import type { StoredRecord } from '../../shared/store/record-store.ts';
import {
  putInstanceAlias,
  readInstanceAlias,
} from '../../shared/submission/records/instance-aliases.ts';
import { sha256 } from '../../shared/submission/records/content-hash.ts';
import { noteErasure, pendingErasures } from '../../shared/submission/erasure/erasure-record.ts';
import {
  fromRecord,
  toHead,
  toHistory,
  toTombstone,
} from '../../shared/submission/records/head-record.ts';
import {
  deleteLateUploads,
  noteLateUploads,
} from '../../shared/submission/attachments/request-upload.ts';
import {
  fromQuarantine,
  keepInQuarantine,
  type Quarantined,
} from '../../shared/submission/records/quarantine.ts';
import type { Submission } from '../../shared/submission/records/submission.ts';
import { testKeys } from './keyring.ts';
import { MemoryObjectStore } from './memory-object-store.ts';
import { MemoryRecordStore } from './memory-record-store.ts';

/** How the product writes and reads one kind of record, with nothing left out that it may hold. */
interface StoredKind {
  /** Writes one record of each shape that there is; what else is written beside them does not count. */
  readonly write: (store: MemoryRecordStore) => unknown;
  /** What is read of a record that is in the store. */
  readonly read: (store: MemoryRecordStore, record: StoredRecord) => unknown;
}

const at = new Date('2026-11-02T08:00:00.000Z');
const later = new Date('2026-11-03T08:00:00.000Z');
const clock = (): Date => at;
const formId = FormId.parse('survey');
const instanceId = InstanceId.parse('uuid:0a1b2c3d');
const orgId = OrgId.parse('ong-a');
const hashOf = (digit: string): string => digit.repeat(64);
export const knownTokenId = '0'.repeat(16);
const knownToken = `Bearer fiche_coordination_${knownTokenId}_${'0'.repeat(48)}`;

/** `Required`: an attribute that is added must be added here, or this does not compile. */
const whole: Required<Submission> = {
  formId,
  instanceId,
  revision: 3,
  state: 'incomplete',
  organisation: orgId,
  formVersion: '1',
  receivedAt: at.toISOString(),
  updatedAt: later.toISOString(),
  answers: '{"title":"Repas","photo":"p.png"}',
  contentHash: hashOf('1'),
  actHash: hashOf('2'),
  by: 'token-a',
  issues: [{ pointer: '/answers/title', code: 'required', message: { fr: 'f', en: 'e' } }],
  review: {
    decision: 'needs-changes',
    note: 'Une adresse, s’il vous plaît.',
    at: at.toISOString(),
  },
  refused: true,
  attachments: ['/photo'],
  missing: ['p.png'],
  whenWhole: 'received',
  openRosa: { id: 'uuid:0a1b2c3d', hash: hashOf('3') },
  xml: { sha256: hashOf('4'), bytes: 100 },
};
const plain: Submission = {
  formId,
  instanceId: InstanceId.parse('uuid:1a1b2c3d'),
  organisation: orgId,
  revision: 1,
  state: 'accepted',
  formVersion: '1',
  answers: '{}',
  by: 'token-a',
  receivedAt: at.toISOString(),
  updatedAt: at.toISOString(),
  issues: [],
  contentHash: hashOf('1'),
  actHash: hashOf('1'),
  attachments: [],
  missing: [],
};

const undated: FormDraft = { version: '1', key: 'k1', at: new Date(0).toISOString(), title: {} };
const draft: Required<FormDraft> = {
  version: '3',
  key: 'k3',
  media: 'm3',
  at: at.toISOString(),
  title: { fr: 'Fiche' },
};
const version: Required<FormVersion> = {
  version: '2',
  key: 'k2',
  media: 'm2',
  publishedAt: at.toISOString(),
};
const form: Required<FormRecord> = {
  formId,
  revision: 4,
  state: 'published',
  shards: 4,
  title: { fr: 'Fiche' },
  audience: 'members',
  draft,
  drafts: [draft],
  versions: [version],
};
const newForm: FormRecord = {
  formId: FormId.parse('new'),
  revision: 1,
  state: 'draft',
  shards: 0,
  title: { fr: 'Fiche' },
  audience: 'members',
  draft: undated,
  drafts: [],
  versions: [],
};

const pointer: Required<Omit<DatasetPointer, 'revision'>> = {
  version: '20261102T080000000Z-0a1b2c3d4e5f',
  publishedVersion: '',
  fingerprint: hashOf('5'),
  cutOff: at.toISOString(),
  createdAt: at.toISOString(),
  rows: 7,
  sources: { survey: hashOf('6') },
  publicFiles: hashOf('a'),
  publicCutOff: '2026-11-02',
};
const segment: Required<Omit<SegmentPointer, 'revision' | 'format'>> = {
  key: 'segments/survey/0/x',
  sha256: hashOf('7'),
  rows: 7,
  bytes: 700,
  indexAt: 300,
  indexSha256: hashOf('8'),
  keys: '0a1b2c3d4e5f6071',
  cutOff: later.toISOString(),
  changedAt: at.toISOString(),
};

const refused: Required<Quarantined> = {
  instanceId,
  organisation: orgId,
  formVersion: '1',
  refusedAt: at.toISOString(),
  by: 'token-a',
  answers: '{"title":"Autre"}',
  attachments: [{ file: 'p.png', sha256: hashOf('9'), bytes: 10, type: 'image/png' }],
};
const organisation: Required<Organisation> = {
  id: orgId,
  name: 'Association',
  acronym: 'A',
  kind: 'ngo',
  contact: 'par radio',
  state: 'active',
};
const tokenRequest: Required<TokenRequest> = {
  role: 'coordinator',
  name: 'tablette',
  expiresAt: '2030-01-01T00:00:00.000Z',
};
const decision: Required<AliasDecision> = {
  kind: 'organisation',
  name: 'Assoc.',
  canonical: 'Association',
  verdict: 'same',
};

const coordinationIs = {
  id: OrgId.parse(coordination),
  name: 'Coordination',
  state: 'active',
} as const;

/** What was set up is never read: it is there or not. */
export type TestedKind = Exclude<RecordKind, 'setup'>;

export const storedKinds: Readonly<Record<TestedKind, StoredKind>> = {
  submission: {
    write: async (store) => {
      const head = toHead(whole, 0);
      const erased = { ...whole, instanceId: InstanceId.parse('uuid:2a1b2c3d') };
      const records = [
        head,
        toHistory(head),
        toHead(plain, 0),
        toTombstone(toHead(erased, 0), '2026-11-04T08:00:00.000Z'),
      ];
      for (const record of records) await store.put(record);
    },
    read: (_, record) => fromRecord(record),
  },
  form: {
    write: async (store) => {
      await store.put(toFormRecord(newForm));
      await store.put(toFormRecord(form));
    },
    read: (_, record) => fromFormRecord(record),
  },
  vocabulary: {
    write: (store) =>
      new VocabularyStore(store, clock).put('services', [{ name: 'food', label: 'Repas' }]),
    read: async (store) => [...(await new VocabularyStore(store, clock).all())],
  },
  organisation: {
    write: async (store) => {
      await createOrganisation(store, organisation);
      await createOrganisation(store, coordinationIs);
    },
    read: (store) => listOrganisations(store),
  },
  token: {
    write: async (store) => {
      await createOrganisation(store, coordinationIs);
      await createToken(store, clock, coordination, tokenRequest);
      await createToken(store, clock, coordination, { role: 'coordinator', name: 'init' });
    },
    read: async (store, record) => {
      await createOrganisation(store, coordinationIs);
      return record.sk === knownTokenId ? authenticate(store, clock, knownToken) : [];
    },
  },
  quarantine: {
    write: async (store) => {
      await keepInQuarantine(store, form, hashOf('a'), refused);
      const byJson = { ...refused, instanceId: 'uuid:4a1b2c3d', attachments: undefined };
      await keepInQuarantine(store, form, hashOf('b'), byJson);
    },
    read: (_, record) => fromQuarantine(record),
  },
  alias: {
    write: (store) => putInstanceAlias(store, formId, instanceId, 'uuid:3a1b2c3d'),
    read: (store, { sk }) => readInstanceAlias(store, formId, sk),
  },
  'same-as': {
    write: (store) => putAlias(store, 'one', decision),
    read: (store) => listAliases(store),
  },
  erasure: {
    write: (store) =>
      noteErasure(
        { registry: store, keys: testKeys },
        { formId, instanceId, shard: 1 },
        'erased',
        at,
      ),
    read: (store) => pendingErasures(store, formId),
  },
  uploads: {
    write: (store) => noteLateUploads(store, formId, instanceId, at),
    read: async (registry) => {
      await deleteLateUploads(
        { registry, objects: new MemoryObjectStore() },
        formId,
        new Date('2027-01-01'),
      );
      return registry.all();
    },
  },
  segment: {
    // Shards 0 and 1 have examples of formats that are collected anew: nothing can tell their ids now.
    write: (store) => flipSegmentPointer(store, formId, 2, undefined, segment),
    read: (store, { sk }) => readSegmentPointer(store, formId, Number(sk)),
  },
  dataset: {
    write: (store) => flipDatasetPointer(store, formId, undefined, pointer),
    read: (store) => readDatasetPointer(store, formId),
  },
  version: {
    write: async (store) => {
      const files = [
        { audience: 'public', name: 'survey.csv', bytes: 1, sha256: hashOf('c') },
      ] as const;
      for (const name of ['a', 'b', 'c']) {
        await noteVersion(store, formId, { ...pointer, version: name, revision: 1 });
      }
      const [, b, c] = (await readDatasetVersions(store, formId)).toReversed();
      if (b === undefined || c === undefined) throw new Error('No versions.');
      await withdrawVersion(store, formId, b, { reason: 'erasure', at: later, files });
      await expireVersion(store, formId, c, later);
    },
    read: (store) => readDatasetVersions(store, formId),
  },
  run: {
    write: async (store) => {
      for (const runId of ['running', 'done', 'failed']) await startRun(store, clock, runId);
      const report = { dataset: 'survey', version: pointer.version, rows: 7, changed: true };
      await finishRun(store, () => later, 'done', [report]);
      await finishRun(store, () => later, 'failed', new Error('x'));
    },
    read: (store, { sk }) => readRun(store, sk),
  },
};

/** The records that the product writes today, in the order of their keys; nothing in them is random. */
export async function writtenToday(kind: TestedKind): Promise<StoredRecord[]> {
  const store = new MemoryRecordStore();
  await storedKinds[kind].write(store);
  return store
    .all()
    .filter(({ pk }) => kind === 'submission' || pk.split('#')[0] === kind)
    .map((record) => (kind === 'token' ? known(record) : record))
    .sort((one, other) => (`${one.pk} ${one.sk}` < `${other.pk} ${other.sk}` ? -1 : 1));
}

/** Ids and secrets of tokens are random. */
function known(token: StoredRecord): StoredRecord {
  const digit = token['expiresAt'] === undefined ? '1' : '0';
  return { ...token, sk: digit.repeat(16), secretHash: sha256(digit.repeat(48)) };
}
