import { join } from 'node:path';
import { localConfig } from '../shared/config.ts';
import { compileAll } from '../shared/dataset/publish/compile-all.ts';
import type { Installation } from './installation.ts';
import { openHome } from './open-home.ts';

/** The installation in the folder `folder`, made if it is not there. */
export async function openFolder(folder: string): Promise<Installation> {
  const home = await openHome(folder);
  const { port, publicUrl } = localConfig();
  return {
    ...home,
    place: folder,
    publicUrl,
    url: publicUrl ?? `http://localhost:${port}`,
    tokenFile: tokenFileOf(folder),
    compile: async (onProgress) => {
      const { datasets } = await compileAll(home, ({ done, of }) => {
        onProgress(done, of);
      });
      return datasets;
    },
  };
}

/** Where the coordinator's first token of a folder is kept, for the folder's owner alone. */
export function tokenFileOf(folder: string): string {
  return join(folder, 'coordinator.token');
}
