import { S3Client } from '@aws-sdk/client-s3';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { S3ObjectStore } from '../../shared/objects/s3-object-store.ts';
import { wrap } from '../wrap.ts';
import { pagesHandler, type PageToPut } from './handler.ts';

/** Beside the code: the files, and this list of them. */
const folder = join(import.meta.dirname, 'pages');
const Listed = z.array(
  z.strictObject({ key: z.string(), contentType: z.string(), cacheControl: z.string() }),
);

async function readPages(): Promise<PageToPut[]> {
  const listed = Listed.parse(JSON.parse(await readFile(join(folder, 'list.json'), 'utf8')));
  return Promise.all(
    listed.map(async (page) => ({
      ...page,
      bytes: await readFile(join(folder, 'files', page.key)),
    })),
  );
}

/** The address is signed for no content type at all, and bytes have none. */
async function respond(url: string, body: string): Promise<void> {
  const response = await fetch(url, { method: 'PUT', body: Buffer.from(body) });
  if (!response.ok) throw new Error(`CloudFormation answered ${response.status}.`);
}

const about = { operation: 'pages', requestId: 'none' };

export const handler = wrap<unknown, boolean>({
  service: 'pages',
  create: (report) => {
    const client = new S3Client({});
    return pagesHandler({
      openBucket: (name) => new S3ObjectStore(client, name),
      pages: readPages,
      respond,
      report: (error) => {
        report({ ...about, error });
      },
    });
  },
  subject: () => about,
  outcome: (done) => (done ? {} : { code: 'pages-not-put' }),
  failure: () => ({ error: new Error('See the log.') }),
});
