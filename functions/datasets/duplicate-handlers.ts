import type { CompileDeps } from '../../shared/dataset/compile-deps.ts';
import { readDuplicates } from '../../shared/dataset/derived/read-duplicates.ts';
import { endpoint } from '../../shared/http/endpoint.ts';
import { requests } from '../../shared/http/requests.ts';

export function duplicateHandlers(deps: Pick<CompileDeps, 'registry' | 'objects'>) {
  return {
    getDuplicates: endpoint(requests.getDuplicates, async () => ({
      status: 200,
      body: await readDuplicates(deps),
    })),
  };
}
