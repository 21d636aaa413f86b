import { endpoint } from '../../shared/http/endpoint.ts';
import { requests } from '../../shared/http/requests.ts';
import { deleteAlias, listAliases, putAlias } from '../../shared/deduplication/same-as.ts';
import type { RecordStore } from '../../shared/store/record-store.ts';

/** What was decided about names that are likely to be one. */
export function aliasHandlers(registry: RecordStore) {
  return {
    listAliases: endpoint(requests.listAliases, async () => ({
      status: 200,
      body: { items: await listAliases(registry), next: null },
    })),

    putAlias: endpoint(requests.putAlias, async ({ path, body }) => ({
      status: 200,
      body: await putAlias(registry, path.aliasId, body),
    })),

    deleteAlias: endpoint(requests.deleteAlias, async ({ path }) => {
      await deleteAlias(registry, path.aliasId);
      return { status: 204 };
    }),
  };
}
