import { listOrganisations } from '../../shared/access/organisation-records.ts';
import { audienceOf, authorise } from '../../shared/access/policy.ts';
import type { Principal } from '../../shared/access/principal.ts';
import { authenticate } from '../../shared/access/tokens.ts';
import type { CompileDeps } from '../../shared/dataset/compile-deps.ts';
import { readCoverage } from '../../shared/dataset/derived/coverage-report.ts';
import { readDuplicates } from '../../shared/dataset/derived/read-duplicates.ts';
import { remindersOf } from '../../shared/dataset/derived/reminders.ts';
import type { FeedDeps } from '../../shared/dataset/odata/feed.ts';
import { readRun, startRun } from '../../shared/dataset/publish/compile-run.ts';
import {
  listDatasets,
  listVersions,
  openDatasetFile,
  readManifest,
} from '../../shared/dataset/versions/read-datasets.ts';
import { readVersionChanges } from '../../shared/dataset/versions/version-changes.ts';
import { Fault } from '../../shared/fault.ts';
import { audiences, type Audience } from '../../shared/form/model.ts';
import { requireAcceptable } from '../../shared/http/accept.ts';
import { createDoor, type DoorDeps, type DoorHandler } from '../../shared/http/door.ts';
import { health } from '../../shared/http/operations/service.ts';
import { datasets } from '../../shared/http/operations/datasets.ts';
import { compile } from '../../shared/http/operations/compile.ts';
import { odata } from '../../shared/http/operations/odata.ts';
import type { Answer } from '../../shared/http/endpoint.ts';
import { version } from '../../shared/version.ts';
import { sendFile, type FileDeps } from '../send-file.ts';
import type { FeedRequest } from './answer-feed.ts';

/** Starts a compile in the background; it records its own end. */
export type CompileStarter = (runId: string) => Promise<void>;

export interface DatasetsDoorDeps
  extends CompileDeps, Pick<DoorDeps, 'report' | 'publicUrl'>, Pick<FileDeps, 'serveFile'> {
  readonly newId: () => string;
  readonly startCompile: CompileStarter;
}

/** What a caller asks to see, never more than their role sees. Throws Fault `forbidden`. */
function chosenAudience(principal: Principal, wanted: Audience | undefined): Audience {
  const widest = audienceOf(principal.role);
  if (wanted === undefined) return widest;
  if (audiences.indexOf(wanted) > audiences.indexOf(widest)) throw new Fault('forbidden');
  return wanted;
}

/** Loaded with the first request to a feed: most functions that start never see one. */
async function answer(deps: FeedDeps, request: FeedRequest): Promise<Answer> {
  const { answerFeed } = await import('./answer-feed.ts');
  return answerFeed(deps, request);
}

export const datasetsOperations = [...health, ...datasets, ...compile, ...odata] as const;

/** The door of datasets, their files, and what compiles them. */
export function datasetsHandler(deps: DatasetsDoorDeps): DoorHandler {
  const { registry, clock } = deps;
  return createDoor(
    datasetsOperations,
    {
      getFeed: ({ path, ...call }, { role }) =>
        answer(deps, { ...call, ...path, resource: '', audience: audienceOf(role) }),
      getFeedResource: ({ path, ...call }, { role }) =>
        answer(deps, { ...call, ...path, audience: audienceOf(role) }),

      getAttachmentsArchive: async ({ path, query }, principal) => {
        const audience = chosenAudience(principal, query.audience);
        if (audience === 'public') throw new Fault('not-found');
        const dataset = path.datasetId;
        // A coordinator who asks for what members see gets that, not what a coordinator may have of it.
        const own = audience === audienceOf(principal.role);
        const request = { dataset, audience, ...(own ? { viewer: principal } : {}) };
        const fileName = `${dataset}.attachments.zip`;
        if (deps.serveFile === undefined) {
          const { exportAttachments } =
            await import('../../shared/dataset/archive/export-attachments.ts');
          return sendFile(deps, { key: await exportAttachments(deps, request), fileName }, {});
        }
        const { attachmentsArchive } =
          await import('../../shared/dataset/archive/attachments-archive.ts');
        return {
          status: 200,
          headers: {
            'content-type': 'application/zip',
            'content-disposition': `attachment; filename="${fileName}"`,
          },
          stream: await attachmentsArchive(deps, request),
        };
      },

      getDuplicates: async () => ({
        status: 200,
        body: await readDuplicates(deps),
      }),

      getHealth: () =>
        Promise.resolve({
          status: 200,
          body: { status: 'ok', time: clock().toISOString(), version },
        }),

      listDatasets: async (_call, { role }) => ({
        status: 200,
        body: { items: await listDatasets(deps, audienceOf(role)), next: null },
      }),

      getDataset: async ({ path, query }, { role }) => ({
        status: 200,
        body: await readManifest(deps, path.datasetId, audienceOf(role), query.version),
      }),

      listDatasetVersions: async ({ path }, { role }) => ({
        status: 200,
        body: { items: await listVersions(deps, path.datasetId, audienceOf(role)), next: null },
      }),

      getDatasetChanges: async ({ path, query }, { role }) => ({
        status: 200,
        body: await readVersionChanges(deps, path.datasetId, audienceOf(role), query),
      }),

      getDatasetFile: async ({ path, query, accept }, principal) => {
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

      startCompile: async () => {
        const runId = deps.newId();
        await startRun(registry, clock, runId);
        await deps.startCompile(runId);
        return { status: 202, headers: { location: `/v1/compile/${runId}` }, body: { runId } };
      },

      getCompile: async ({ path }) => {
        const run = await readRun(registry, path.runId);
        if (run === undefined) throw new Fault('not-found');
        return { status: 200, body: run };
      },

      getCoverage: async (_call, principal) => {
        authorise('coordinator', principal);
        return { status: 200, body: await readCoverage(deps) };
      },

      listReminders: async ({ query, language, origin }, principal) => {
        authorise('coordinator', principal);
        const coverage = await readCoverage(deps);
        const items = remindersOf(coverage, await listOrganisations(deps.registry), {
          language: query.language ?? language,
          url: origin,
        });
        return { status: 200, body: { asOf: coverage.asOf, items, next: null } };
      },
    },
    {
      authenticate: (authorization) => authenticate(registry, clock, authorization),
      report: deps.report,
      publicUrl: deps.publicUrl,
    },
  );
}
