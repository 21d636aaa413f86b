import { audienceOf } from '../../shared/access/policy.ts';
import type { CompileDeps } from '../../shared/dataset/compile-deps.ts';
import { listVersions } from '../../shared/dataset/versions/read-datasets.ts';
import { readVersionChanges } from '../../shared/dataset/versions/version-changes.ts';
import { endpoint } from '../../shared/http/endpoint.ts';
import { requests } from '../../shared/http/requests.ts';

/** Which versions of a dataset there are, and how they differ. */
export function versionHandlers(deps: Pick<CompileDeps, 'registry' | 'objects' | 'keys'>) {
  return {
    listDatasetVersions: endpoint(requests.listDatasetVersions, async ({ path }, { role }) => ({
      status: 200,
      body: { items: await listVersions(deps, path.datasetId, audienceOf(role)), next: null },
    })),

    getDatasetChanges: endpoint(requests.getDatasetChanges, async ({ path, query }, { role }) => ({
      status: 200,
      body: await readVersionChanges(deps, path.datasetId, audienceOf(role), query),
    })),
  };
}
