import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { submissionsHandler } from '../../functions/submissions/handler.ts';
import { createOrganisation } from '../../shared/access/organisation-records.ts';
import { createToken } from '../../shared/access/tokens.ts';
import { FormDefinitionSchema } from '../../shared/form/definition-schema.ts';
import { OrgId } from '../../shared/ids.ts';
import type { ObjectStore } from '../../shared/objects/object-store.ts';
import { S3ObjectStore } from '../../shared/objects/s3-object-store.ts';
import { DynamoRecordStore } from '../../shared/store/dynamo-record-store.ts';
import { createTable, startDynalite } from '../support/dynalite.ts';
import { startEmulator } from '../support/emulator.ts';
import { eventOf, type EventParts } from '../support/event.ts';
import { MemoryObjectStore } from '../support/memory-object-store.ts';
import { depsOn } from '../support/submission-world.ts';
import { ConsumedMeter, type Consumed } from './consumed-meter.ts';
import type { Bench, Figure } from './figures.ts';
import { surveyAnswers, surveyForm } from './survey-form.ts';

/** In bytes: the answers of the submission that is measured, at least. */
const answersBytes = 3 * 1024;
const questions = fitting();
const list = '/v1/forms/{formId}/submissions';
const formId = 'consumed';

/** As many questions as it takes. */
function fitting(): number {
  let count = 1;
  while (JSON.stringify(surveyAnswers(count, 1)).length < answersBytes) count += 1;
  return count;
}

interface Cloud {
  readonly dynamo: DynamoDBClient;
  readonly objects: ObjectStore;
  /** It counts write units, indexes too, as DynamoDB does. */
  readonly counts: boolean;
  readonly name: string;
  close(): Promise<void>;
}

/** The emulator if FICHE_EMULATOR names one, else dynalite, which counts no indexes. */
async function openCloud(): Promise<Cloud> {
  if ((process.env['FICHE_EMULATOR'] ?? '') === '') {
    const dynalite = await startDynalite();
    return {
      dynamo: dynalite.client,
      objects: new MemoryObjectStore(),
      counts: false,
      name: 'dynalite',
      close: () => dynalite.close(),
    };
  }
  const emulator = await startEmulator();
  const access = {
    endpoint: emulator.url,
    region: 'eu-west-3',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const [dynamo, s3] = [new DynamoDBClient(access), new S3Client(access)];
  s3.config.forcePathStyle = true;
  await s3.send(new CreateBucketCommand({ Bucket: 'objects' }));
  return {
    dynamo,
    objects: new S3ObjectStore(s3, 'objects'),
    counts: true,
    name: 'the emulator',
    close: async () => {
      dynamo.destroy();
      s3.destroy();
      await emulator.end();
    },
  };
}

/** The same store; each call of a method is a request, as bodies here are small. */
function counting(store: ObjectStore, count: () => void): ObjectStore {
  return new Proxy(store, {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name);
      if (typeof found !== 'function') return found;
      return (...words: readonly unknown[]): unknown => {
        count();
        return Reflect.apply(found, target, words);
      };
    },
  });
}

interface Measured extends Consumed {
  readonly objects: number;
}

/** What one request of each kind consumes once the function is warm. */
async function measure(cloud: Cloud): Promise<Readonly<Record<Kind, Measured>>> {
  const meter = new ConsumedMeter(cloud.dynamo, cloud.counts);
  for (const table of ['Submissions', 'Registry']) await createTable(cloud.dynamo, table);
  let objectRequests = 0;
  const deps = depsOn({
    submissions: new DynamoRecordStore(cloud.dynamo, 'Submissions'),
    registry: new DynamoRecordStore(cloud.dynamo, 'Registry'),
    objects: counting(cloud.objects, () => (objectRequests += 1)),
    clock: () => new Date(),
  });
  const organisation = OrgId.parse('asso');
  await createOrganisation(deps.registry, { id: organisation, name: 'Asso', state: 'active' });
  const member = { role: 'member', name: 'bench' } as const;
  const { token } = await createToken(deps.registry, deps.clock, organisation, member);
  const form = surveyForm(questions, { review: 'required' });
  await deps.forms.putDraft(formId, FormDefinitionSchema.parse(form));
  await deps.forms.publish(formId);
  const failures: unknown[] = [];
  const door = submissionsHandler({
    ...deps,
    publicUrl: undefined,
    report: (failure) => failures.push(failure),
  });
  const ask = async (status: number, parts: EventParts): Promise<Measured> => {
    meter.take();
    objectRequests = 0;
    const parameters = { formId, ...parts.parameters };
    const headers = { authorization: `Bearer ${token}`, ...parts.headers };
    const answer = await door(eventOf({ ...parts, parameters, headers }));
    if (answer.statusCode !== status) {
      const told = `${parts.key}: ${answer.statusCode ?? 0} ${answer.body ?? ''}`;
      throw new Error(told, { cause: failures.at(-1) });
    }
    return { ...meter.take(), objects: objectRequests };
  };
  const send = (row: number, status = 201): Promise<Measured> => {
    const body = { instanceId: `consumed-${row}`, answers: surveyAnswers(questions, row) };
    return ask(status, { key: `POST ${list}`, body });
  };
  // The first one loads the form.
  for (let row = 2; row < 122; row += 1) await send(row);
  return {
    create: await send(1),
    replay: await send(1, 200),
    list: await ask(200, { key: `GET ${list}` }),
    edit: await ask(200, {
      key: `PUT ${list}/{instanceId}`,
      parameters: { instanceId: 'consumed-1' },
      headers: { 'if-match': '"1"' },
      body: { answers: { ...surveyAnswers(questions, 1), q1: 12 } },
    }),
  };
}

type Kind = 'create' | 'replay' | 'edit' | 'list';

/** At most, of what one request comes to: requests to both stores, write units, read units. */
const targets: Readonly<Record<Kind, { requests: number; written: number; read: number }>> = {
  create: { requests: 4, written: 8, read: 4 },
  replay: { requests: 5, written: 8, read: 4 },
  edit: { requests: 6, written: 16, read: 5 },
  list: { requests: 16, written: 0, read: 100 },
};
const titles: Readonly<Record<Kind, string>> = {
  create: `a new submission of ${answersBytes / 1024} KB`,
  replay: 'the same one sent again',
  edit: 'an edit of it',
  list: 'a page of 50 such',
};

function figuresOf(kind: Kind, of: Measured, cloud: Cloud): readonly Figure[] {
  const records = [...of.requests.values()].reduce((sum, count) => sum + count, 0);
  const named = [...of.requests].map(([name, count]) => `${count} ${name}`).join(', ');
  const target = targets[kind];
  const base = { unit: '' } as const;
  const requests: Figure = {
    ...base,
    what: `requests of ${titles[kind]} to DynamoDB and S3`,
    measured: named,
    baseline: `S3: ${of.objects}`,
    value: records + of.objects,
    target: { atMost: target.requests },
  };
  const written: Figure = {
    ...base,
    what: `write units of ${titles[kind]}`,
    measured:
      of.told === undefined
        ? `${of.written.keys}, reckoned`
        : `${of.told} by ${cloud.name}, ${of.written.keys} reckoned`,
    baseline: `indexes of whole records: ${of.written.all}`,
    value: Math.max(of.told ?? 0, of.written.keys),
    target: { atMost: target.written },
  };
  const read: Figure = {
    ...base,
    what: `read units of ${titles[kind]}`,
    measured: `${of.read}, reckoned`,
    baseline: '–',
    value: of.read,
    target: { atMost: target.read },
  };
  return target.written === 0 ? [requests, read] : [requests, written, read];
}

/** What submissions ask of DynamoDB and S3: what AWS bills for. */
export const consumedBench: Bench = {
  name: 'consumed',
  async run() {
    const cloud = await openCloud();
    try {
      const measured = await measure(cloud);
      return (['create', 'replay', 'edit', 'list'] as const).flatMap((kind) =>
        figuresOf(kind, measured[kind], cloud),
      );
    } finally {
      await cloud.close();
    }
  },
};
