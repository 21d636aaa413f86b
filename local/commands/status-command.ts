import * as z from 'zod';
import { listOrganisations } from '../../shared/access/organisation-records.ts';
import { readDatasetPointers } from '../../shared/dataset/versions/dataset-pointer.ts';
import type { Bilingual } from '../../shared/text.ts';
import { version } from '../../shared/version.ts';
import type { Command } from '../command.ts';
import type { Installation } from '../installation.ts';

export const status: Command = {
  name: 'status',
  usage: ['', '--url'],
  summary: {
    fr: 'Dit où est le service, s’il répond et de quand datent ses jeux ; avec --url, l’adresse seule.',
    en: 'Tells where the service is, whether it answers and how old its datasets are; with --url, the address alone.',
  },
  options: { url: { type: 'boolean' } },
  run: async (call) => {
    const { home, terminal } = call;
    if (call.flag('url')) {
      terminal.out(home.url);
      return 0;
    }
    const answer = await ask(home.url);
    const tell = (name: keyof typeof names, value: string): void => {
      terminal.out(`${names[name][terminal.language].padEnd(nameLength)}${value}`);
    };
    tell('place', home.place);
    tell('url', `${home.url} (${answered(answer)[terminal.language]})`);
    // After an update, a deployment may still run what came before.
    const running = answer.ok && answer.version !== version ? answer.version : undefined;
    tell('version', running === undefined ? version : `${version} (${home.url}: ${running})`);
    tell('forms', formCounts(await home.forms.list()));
    const organisations = await listOrganisations(home.registry);
    tell('organisations', String(organisations.filter(({ state }) => state === 'active').length));
    const pointers = [...(await readDatasetPointers(home.registry)).values()];
    tell('datasets', String(pointers.length));
    tell(
      'cutOff',
      pointers
        .map(({ cutOff }) => cutOff)
        .sort()
        .at(-1) ?? '-',
    );
    const behind = pointers.filter((pointer) => pointer.publishedVersion !== pointer.version);
    if (behind.length > 0) tell('behind', String(behind.length));
    return answer.ok && behind.length === 0 ? 0 : 1;
  },
};

const names = {
  place: { fr: 'Installation', en: 'Installation' },
  url: { fr: 'Adresse', en: 'Address' },
  version: { fr: 'Version', en: 'Version' },
  forms: { fr: 'Fiches', en: 'Forms' },
  organisations: { fr: 'Organisations', en: 'Organisations' },
  datasets: { fr: 'Jeux de données', en: 'Datasets' },
  cutOff: { fr: 'Données au', en: 'Data as of' },
  behind: { fr: 'Pas encore publics', en: 'Not public yet' },
} as const satisfies Readonly<Record<string, Bilingual>>;
const nameLength = 20;

/** Milliseconds after which an address counts as one that does not answer. */
const patience = 10_000;

const Answer = z.looseObject({ version: z.string().default('?') });

type Health =
  | { readonly ok: true; readonly ms: number; readonly version: string }
  | { readonly ok: false; why: string };

/** Asks as a client would, from where the operator sits. */
async function ask(url: string): Promise<Health> {
  const startedAt = performance.now();
  try {
    const response = await fetch(`${url}/v1/health`, {
      signal: AbortSignal.timeout(patience),
    });
    const ms = Math.round(performance.now() - startedAt);
    if (!response.ok) return { ok: false, why: String(response.status) };
    return { ok: true, ms, ...Answer.parse(await response.json()) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { ok: false, why: cause instanceof Error ? cause.message : String(cause) };
  }
}

function answered(health: Health): Bilingual {
  return health.ok
    ? { fr: `répond en ${health.ms} ms`, en: `answers in ${health.ms} ms` }
    : { fr: `ne répond pas : ${health.why}`, en: `does not answer: ${health.why}` };
}

/** Such as `7 published, 1 draft`. */
function formCounts(forms: Awaited<ReturnType<Installation['forms']['list']>>): string {
  const counts = new Map<string, number>();
  for (const { state } of forms) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ') || '0';
}
