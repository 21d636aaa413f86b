import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pageCacheControl, pageFiles, pageSecurity } from '../shared/http/page-files.ts';

/** A static page, ready to be sent. */
export interface Page {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

const web = join(import.meta.dirname, '..', 'web');

/** The pages that people see, by path. They are few and small, so they stay in memory. */
export async function readPages(): Promise<ReadonlyMap<string, Page>> {
  const pages = pageFiles.map(async ({ path, file, type }): Promise<[string, Page]> => {
    const bytes = await readFile(join(web, file));
    const headers = {
      'content-type': type,
      'content-length': String(bytes.length),
      'cache-control': pageCacheControl,
      ...pageSecurity,
    };
    return [path, { headers, bytes }];
  });
  return new Map(await Promise.all(pages));
}
