import { authorise } from '../../shared/access/policy.ts';
import { listOrganisations } from '../../shared/access/organisations.ts';
import { readCoverage } from '../../shared/dataset/derived/coverage-report.ts';
import type { CompileDeps } from '../../shared/dataset/compile-deps.ts';
import { remindersOf } from '../../shared/dataset/derived/reminders.ts';
import { endpoint } from '../../shared/http/endpoint.ts';
import { requests } from '../../shared/http/requests.ts';

/** Who has answered what, and what to write to those who have not. */
export function coverageHandlers(deps: Pick<CompileDeps, 'registry' | 'objects'>) {
  return {
    getCoverage: endpoint(requests.getCoverage, async (_call, principal) => {
      authorise('coordinator', principal);
      return { status: 200, body: await readCoverage(deps) };
    }),

    listReminders: endpoint(
      requests.listReminders,
      async ({ query, language, origin }, principal) => {
        authorise('coordinator', principal);
        const coverage = await readCoverage(deps);
        const items = remindersOf(coverage, await listOrganisations(deps.registry), {
          language: query.language ?? language,
          url: origin,
        });
        return { status: 200, body: { asOf: coverage.asOf, items, next: null } };
      },
    ),
  };
}
