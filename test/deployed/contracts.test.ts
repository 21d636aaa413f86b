import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3ObjectStore } from '../../shared/objects/s3-object-store.ts';
import { DynamoRecordStore } from '../../shared/store/dynamo-record-store.ts';
import type { StoredRecord } from '../../shared/store/record-store.ts';
import { DynamoTable } from '../../shared/store/dynamo-table.ts';
import { ConsumedMeter } from '../bench/consumed-meter.ts';
import { createTable } from '../support/dynalite.ts';
import { startEmulator, type Emulator } from '../support/emulator.ts';
import { head, time } from '../support/heads.ts';
import { objectStoreContract } from '../support/object-store-contract.ts';
import { recordStoreContract } from '../support/record-store-contract.ts';
import { wholeTableContract } from '../support/whole-table-contract.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const region = 'eu-west-3';
const bucket = 'objects';

let emulator: Emulator;
let s3: S3Client;
beforeAll(async () => {
  emulator = await startEmulator();
  s3 = new S3Client({ endpoint: emulator.url, region, credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
});
afterAll(async () => {
  s3.destroy();
  await emulator.end();
});

recordStoreContract('DynamoDB, as the emulator has it', async () => {
  const client = new DynamoDBClient({ endpoint: emulator.url, region, credentials });
  await createTable(client, 'Submissions');
  return {
    store: new DynamoRecordStore(client, 'Submissions', { onCollectionSize: () => undefined }),
    close: () => {
      client.destroy();
    },
  };
});

wholeTableContract('DynamoDB, as the emulator has it', async () => {
  const client = new DynamoDBClient({ endpoint: emulator.url, region, credentials });
  await createTable(client, 'Whole');
  return {
    store: new DynamoTable(client, 'Whole'),
    close: () => {
      client.destroy();
    },
  };
});

objectStoreContract('S3, as the emulator has it', () =>
  Promise.resolve({
    store: new S3ObjectStore(s3, bucket),
    close: async () => {
      const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      expect(Uploads ?? []).toEqual([]);
    },
  }),
);

describe('what writes consume', () => {
  it('is counted by the emulator as it is reckoned by the rules', async () => {
    const client = new DynamoDBClient({ endpoint: emulator.url, region, credentials });
    const meter = new ConsumedMeter(client, true);
    await createTable(client, 'Counted');
    const store = new DynamoRecordStore(client, 'Counted');
    const first = head('form#0', 'id', time(1), { answers: 'é'.repeat(1_500) });
    const edited: StoredRecord = { ...first, at: time(2), revision: 2, answers: 'x'.repeat(5_000) };
    const { pk, sk, orgKey = '', answers = '' } = edited;
    const accepted = { pk, sk, orgKey, answers, at: time(3), revision: 3 };
    const history = { pk: first.pk, sk: 'id#000001', answers: first['answers'] ?? '' };
    const units: (number | undefined)[] = [];
    for (const write of [
      () => store.putIfAbsent(first),
      () => store.put(history),
      () => store.putIfRevision(edited, 1),
      () => store.putIfRevision(accepted, 2),
      () => store.delete(first),
      () => store.delete(first),
    ]) {
      meter.take();
      await write();
      const { told, written } = meter.take();
      expect(told).toBe(written.keys);
      units.push(told);
    }
    expect(units).toEqual([7, 3, 11, 10, 7, 1]);
    client.destroy();
  });
});

describe('a list of more objects than S3 tells at once', () => {
  it('has every one of them, in the order of keys, in pages', async () => {
    const store = new S3ObjectStore(s3, bucket);
    const keys = Array.from({ length: 1_050 }, (_, n) => `many/${String(n).padStart(4, '0')}`);
    for (let n = 0; n < keys.length; n += 25) {
      const body = Buffer.from('x');
      const some = keys.slice(n, n + 25);
      await Promise.all(some.map((key) => store.put(key, body, { contentType: 'text/plain' })));
    }
    const pages = await Array.fromAsync(store.list('many/'));
    expect(pages.map((page) => page.length)).toEqual([1_000, 50]);
    expect(pages.flat().map(({ key }) => key)).toEqual(keys);
  });
});

describe('links signed for S3', () => {
  const key = 'attachments/form/id/photo.jpg';
  const bytes = randomBytes(70_000);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const checksum = Buffer.from(sha256, 'hex').toString('base64');
  const headers = { 'content-type': 'image/jpeg', 'x-amz-checksum-sha256': checksum };
  let store: S3ObjectStore;
  beforeAll(() => {
    store = new S3ObjectStore(s3, bucket);
  });
  const upload = async (body: Uint8Array, sent: Record<string, string>): Promise<number> => {
    const options = { bytes: bytes.length, sha256, contentType: 'image/jpeg', seconds: 60 };
    const link = await store.uploadLink(key, options);
    return (await fetch(link, { method: 'PUT', body, headers: sent })).status;
  };

  const download = (): Promise<string> =>
    store.downloadLink(key, { fileName: 'été à Dakar.jpg', seconds: 60 });
  const bytesOf = async (answer: Response): Promise<Buffer> =>
    Buffer.from(await answer.arrayBuffer());

  it('take the bytes that they were signed for', async () => {
    expect(await upload(bytes, headers)).toBe(200);
    expect(await store.info(key)).toMatchObject({ bytes: 70_000, contentType: 'image/jpeg' });
  });

  it('take no others in their place', async () => {
    const others = randomBytes(bytes.length);
    expect(await upload(others, headers)).toBe(400);
    expect((await bytesOf(await fetch(await download()))).equals(bytes)).toBe(true);
  });

  it('give the bytes, under the name that they were signed with', async () => {
    const answer = await fetch(await download());
    expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''");
    expect(answer.headers.get('content-type')).toBe('image/jpeg');
    expect((await bytesOf(answer)).equals(bytes)).toBe(true);
  });

  it('give a part of the bytes, too', async () => {
    const answer = await fetch(await download(), { headers: { range: 'bytes=10-19' } });
    expect(answer.status).toBe(206);
    expect((await bytesOf(answer)).equals(bytes.subarray(10, 20))).toBe(true);
  });
});
