import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A static page, ready to be sent. */
export interface Page {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

const web = join(import.meta.dirname, '..', 'web');

const files = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/index.css', file: 'index.css', type: 'text/css; charset=utf-8' },
] as const;

/** No script at all, nothing from elsewhere, in nobody's frame. */
const policy =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The pages that people see, by path. They are few and small, so they stay in memory. */
export async function readPages(): Promise<ReadonlyMap<string, Page>> {
  const pages = files.map(async ({ path, file, type }): Promise<[string, Page]> => {
    const bytes = await readFile(join(web, file));
    const headers = {
      'content-type': type,
      'content-length': String(bytes.length),
      'cache-control': 'no-store',
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    };
    return [path, { headers, bytes }];
  });
  return new Map(await Promise.all(pages));
}
