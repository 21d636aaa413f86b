import {
  DynamoDBClient,
  DeleteTableCommand,
  RestoreTableToPointInTimeCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.ts';
import { deploy, openFront, runAgainst, runCdk, type Outputs } from '../support/deployment.ts';
import { startEmulator, type Emulator } from '../support/emulator.ts';
import {
  datasetFiles,
  differing,
  erasedId,
  fileOf,
  fillNetwork,
  submissionsOf,
  Transcript,
  whileSending,
  type Fiche,
} from '../support/restore-drill.ts';

/** So that nothing compiles by itself while bytes are compared. */
const context = { compileEvery: '1440' };

let emulator: Emulator;
let outputs: Outputs;
let folder: string;
const fronts: { close(): Promise<void> }[] = [];

const transcript = new Transcript();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiche-drill-'));
  emulator = await startEmulator();
  ({ outputs } = await deploy(emulator, context));
});
afterAll(async () => {
  process.stdout.write(`${String(transcript).replaceAll(folder, '…')}\n`);
  for (const front of fronts) await front.close();
  await emulator.end();
  await rm(folder, { recursive: true, force: true });
});

const runFiche: Fiche = async (...words) =>
  runAgainst(emulator, process.execPath, ['local/fiche.ts', ...words, '--stack', 'fiche']);

/** The deployed API as clients of tests reach it. */
async function site(): Promise<string> {
  const front = await openFront(emulator, outputs['fiche-service']?.['ApiUrl'] ?? '');
  fronts.push(front);
  return front.url;
}

const output = (name: string): string => outputs['fiche-data']?.[name] ?? '';

function clients(): { readonly dynamo: DynamoDBClient; readonly s3: S3Client } {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const settings = { endpoint: emulator.url, region: 'eu-west-3', credentials };
  return {
    dynamo: new DynamoDBClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
  };
}

/** What docs/deploy.md says to do to really lose everything. */
async function loseEverything(): Promise<void> {
  const { dynamo, s3 } = clients();
  const destroyed = await runCdk(emulator, ['destroy', '--all', '--force']);
  expect(destroyed.code, destroyed.output).toBe(0);
  for (const TableName of [output('SubmissionsTableName'), output('RegistryTableName')]) {
    await dynamo.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await dynamo.send(new DeleteTableCommand({ TableName }));
  }
  const Bucket = output('ObjectsBucketName');
  for (;;) {
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])].map(
      ({ Key, VersionId }) => ({ Key, VersionId }),
    );
    if (Objects.length === 0) break;
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  }
  await s3.send(new DeleteBucketCommand({ Bucket }));
}

describe('the restore drill, on AWS', () => {
  it('loses both stacks with tables and bucket, deploys anew and restores; what was erased stays erased', async () => {
    const fiche = transcript.of(runFiche);
    const backup = join(folder, 'backup');
    const begun = await fiche('init');
    expect(begun.code, begun.output).toBe(0);
    const token = begun.out.trim();
    const before = new Client(await site(), token);
    transcript.step('a network at work; submissions go on while it is backed up');
    const member = await fillNetwork(before);
    const first = await whileSending(member, () => fiche('backup', '--to', backup));
    expect(first.code, first.output).toBe(0);
    transcript.step('the next one copies only what is new');
    expect((await fiche('backup', '--to', backup)).code).toBe(0);

    transcript.step('after it, one is erased');
    const erased = await fiche('erase', 'drill', erasedId, '--yes');
    expect(erased.code, erased.output).toBe(0);
    expect((await fiche('backup', '--to', backup, '--erasures-only')).code).toBe(0);
    expect((await before.compile()).state).toBe('done');
    const submissions = await submissionsOf(before);
    const files = await datasetFiles(before);

    transcript.step('cdk destroy, the tables and the bucket deleted, cdk deploy');
    await loseEverything();
    ({ outputs } = await deploy(emulator, context));
    const restored = await fiche('restore', '--from', backup);
    expect(restored.code, restored.output).toBe(0);
    expect(restored.output).toMatch(/(?:appliqués de nouveau\u00a0|applied again): 1\./);
    const compiled = await fiche('compile');
    expect(compiled.code, compiled.output).toBe(0);
    const verified = await fiche('verify');
    expect(verified.code, verified.output).toBe(0);

    const after = new Client(await site(), token);
    expect(await submissionsOf(after)).toEqual(submissions);
    expect(differing(files, await datasetFiles(after))).toEqual([]);
    expect(await fileOf(after, 'drill-with-file')).toEqual([200, '%PDF-1.4\n% Titre et liste\n']);
    expect((await fileOf(after, erasedId))[0]).toBe(410);
  });

  it('goes back to what AWS restored beside, and keeps away what was erased since', async () => {
    const { dynamo } = clients();
    const { out } = await runFiche(
      'token',
      'create',
      ...['--organisation', 'coordination'],
      ...['--role', 'coordinator', '--name', 'pitr'],
    );
    const coordinator = new Client(await site(), out.trim().split('\n').at(-1));
    const before = await submissionsOf(coordinator);
    const names = [output('SubmissionsTableName'), output('RegistryTableName')];
    for (const SourceTableName of names) {
      await dynamo.send(
        new RestoreTableToPointInTimeCommand({
          SourceTableName,
          TargetTableName: `${SourceTableName}-beside`,
          UseLatestRestorableTime: true,
        }),
      );
    }
    // A mishap since then, and an erasure that was meant.
    const wrong = await coordinator.review('drill', 'drill-number-2', 1, 'reject', 'Par erreur');
    expect(wrong.status, wrong.text).toBe(200);
    const erased = await runFiche('erase', 'drill', 'drill-number-3', '--yes');
    expect(erased.code, erased.output).toBe(0);
    const [submissions, registry] = names.map((name) => `${name}-beside`);
    const tables = `submissions=${submissions ?? ''},registry=${registry ?? ''}`;
    const refused = await runFiche('restore', '--from-tables', tables);
    expect(refused.code, refused.output).toBe(1);
    const restored = await runFiche('restore', '--from-tables', tables, '--replace');
    expect(restored.code, restored.output).toBe(0);
    const after = await submissionsOf(coordinator);
    const kept = before.filter((one) => !one.includes('"drill-number-3"'));
    expect(after.filter((one) => !one.includes('"drill-number-3"'))).toEqual(kept);
    expect((await coordinator.get('/v1/forms/drill/submissions/drill-number-3')).status).toBe(410);
    expect((await runFiche('compile')).code).toBe(0);
    expect((await runFiche('verify')).code).toBe(0);
  });
});
