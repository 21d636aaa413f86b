import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes what was renamed into `folder`, and folders made above it up to `top`, durable. */
export async function syncFolders(folder: string, top: string): Promise<void> {
  for (let path = folder; path.length >= top.length; path = dirname(path)) await syncFolder(path);
}

export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder to sync it, and does not need to.
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
