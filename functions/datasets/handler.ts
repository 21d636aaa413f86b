import { audienceOf } from '../../shared/access/policy.ts';
import { authenticate } from '../../shared/access/tokens.ts';
import { readRun, startRun } from '../../shared/dataset/publish/compile-run.ts';
import type { CompileDeps } from '../../shared/dataset/deps.ts';
import {
  listDatasets,
  openDatasetFile,
  readManifest,
} from '../../shared/dataset/versions/read-datasets.ts';
import { Fault } from '../../shared/fault.ts';
import { requireAcceptable } from '../../shared/http/accept.ts';
import { createDoor } from '../../shared/http/door.ts';
import type { DoorDeps, DoorHandler } from '../../shared/http/door.ts';
import { endpoint, openEndpoint } from '../../shared/http/endpoint.ts';
import { requests } from '../../shared/http/requests.ts';
import { version } from '../../shared/version.ts';
import { sendFile, type FileDeps } from '../send-file.ts';
import { attachmentsHandlers } from './attachments-handlers.ts';
import { chosenAudience } from './chosen-audience.ts';
import { odataHandlers } from './odata-handlers.ts';
import { coverageHandlers } from './coverage-handlers.ts';
import { duplicateHandlers } from './duplicate-handlers.ts';
import { versionHandlers } from './version-handlers.ts';

/** Starts a compile in the background; it records its own end. */
export type CompileStarter = (runId: string) => Promise<void>;

export interface DatasetsDoorDeps
  extends CompileDeps, Pick<DoorDeps, 'report' | 'publicUrl'>, Pick<FileDeps, 'serveFile'> {
  readonly newId: () => string;
  readonly startCompile: CompileStarter;
}

/** The door of datasets, their files, and what compiles them. */
export function datasetsHandler(deps: DatasetsDoorDeps): DoorHandler {
  const { registry, clock } = deps;
  return createDoor(
    'datasets',
    {
      ...odataHandlers(deps),
      ...attachmentsHandlers(deps),
      ...duplicateHandlers(deps),

      getHealth: openEndpoint(requests.getHealth, () =>
        Promise.resolve({
          status: 200,
          body: { status: 'ok', time: clock().toISOString(), version },
        }),
      ),

      listDatasets: endpoint(requests.listDatasets, async (_call, { role }) => ({
        status: 200,
        body: { items: await listDatasets(deps, audienceOf(role)), next: null },
      })),

      getDataset: endpoint(requests.getDataset, async ({ path, query }, { role }) => ({
        status: 200,
        body: await readManifest(deps, path.datasetId, audienceOf(role), query.version),
      })),

      ...versionHandlers(deps),

      getDatasetFile: endpoint(
        requests.getDatasetFile,
        async ({ path, query, accept }, principal) => {
          const { key, entry } = await openDatasetFile(
            deps,
            path.datasetId,
            path.file,
            chosenAudience(principal, query.audience),
            query.version,
            query,
          );
          requireAcceptable(accept, [entry.mediaType.split(';')[0] ?? '']);
          return sendFile(
            deps,
            { key, fileName: entry.name },
            {
              'content-type': entry.mediaType,
              'content-length': String(entry.bytes),
              'content-disposition': `attachment; filename="${entry.name}"`,
              etag: `"${entry.sha256}"`,
            },
          );
        },
      ),

      startCompile: endpoint(requests.startCompile, async () => {
        const runId = deps.newId();
        await startRun(registry, clock, runId);
        await deps.startCompile(runId);
        return { status: 202, headers: { location: `/v1/compile/${runId}` }, body: { runId } };
      }),

      getCompile: endpoint(requests.getCompile, async ({ path }) => {
        const run = await readRun(registry, path.runId);
        if (run === undefined) throw new Fault('not-found');
        return { status: 200, body: run };
      }),

      ...coverageHandlers(deps),
    },
    {
      authenticate: (authorization) => authenticate(registry, clock, authorization),
      report: deps.report,
      publicUrl: deps.publicUrl,
    },
  );
}
