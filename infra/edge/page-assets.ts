import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pageCacheControl, pageFiles } from '../../shared/http/page-files.ts';
import { repositoryRoot } from '../repository-root.ts';

/** What the address without a path stands for. */
export const rootPage = 'index.html';

interface PageAsset {
  /** In the bucket: the path without its slash. */
  readonly key: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly bytes: Uint8Array;
}

/** The pages as they go into their bucket. Few and small. */
function readPageAssets(): readonly PageAsset[] {
  return pageFiles.map(({ path, file, type }) => ({
    key: path === '/' ? rootPage : path.slice(1),
    contentType: type,
    cacheControl: pageCacheControl,
    bytes: readFileSync(join(repositoryRoot, 'web', file)),
  }));
}

/** Another version when any byte of a page is another, or what is sent with it. */
export function pagesVersion(): string {
  const hash = createHash('sha256');
  for (const { bytes, ...about } of readPageAssets()) {
    hash.update(JSON.stringify({ ...about, bytes: bytes.length })).update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Lays the pages beside the code of the function that puts them into the bucket. */
export async function writePageAssets(folder: string): Promise<void> {
  const assets = readPageAssets();
  const pages = join(folder, 'pages');
  for (const { key, bytes } of assets) {
    const path = join(pages, 'files', key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  const list = assets.map(({ key, contentType, cacheControl }) => ({
    key,
    contentType,
    cacheControl,
  }));
  await writeFile(join(pages, 'list.json'), JSON.stringify(list));
}
