import { open, readFile, rename, readdir } from 'node:fs/promises';
import { parse } from 'yaml';
import * as z from 'zod';
import { createOrganisation, findOrganisation } from '../shared/access/organisation-records.ts';
import type { Principal } from '../shared/access/principal.ts';
import { createToken } from '../shared/access/tokens.ts';
import { readYaml } from '../shared/form/files/read-yaml.ts';
import type { FormDefinition, Row } from '../shared/form/definition.ts';
import { RowSchema } from '../shared/form/definition-schema.ts';
import { coordination } from '../shared/ids.ts';
import type { JsonValue } from '../shared/json.ts';
import { registryKey } from '../shared/store/keys.ts';
import type { RecordStore } from '../shared/store/record-store.ts';
import { acceptSubmission } from '../shared/submission/accept-submission.ts';
import { rekeyLedger } from '../shared/submission/erasure/erasure-ledger.ts';
import type { SubmissionDeps } from '../shared/submission/records/submission-deps.ts';
import type { Installation } from './installation.ts';

/** Who puts the plan in: no token has this id. */
const installer: Principal = { role: 'coordinator', organisation: coordination, tokenId: 'init' };

interface Initialised {
  /** Built-in forms that were published this time. */
  readonly forms: readonly string[];
  /** Activities of the plan that were submitted this time. */
  readonly activities: number;
  /** The coordinator's first token, if this time made it. It is not told again. */
  readonly newToken: string | undefined;
}

/**
 * Makes what is missing in an installation so that people can begin: vocabularies, built-in forms,
 * the coordination, its plan, its first token (also in the file `tokenFile`, for its owner alone);
 * erasures of before there were keys get names that nobody can guess. What is there stays as the
 * coordinator has made it since. May be repeated, by several
 * processes at once, and after it was killed at any moment.
 */
export async function initialise(
  deps: SubmissionDeps & Pick<Installation, 'newId'>,
  tokenFile?: string,
): Promise<Initialised> {
  const builtIn = await readBuiltIn();
  const known = await deps.forms.vocabularies();
  for (const [name, rows] of builtIn.vocabularies) {
    if (!known.has(name)) await deps.forms.putVocabulary(name, rows);
  }
  const forms: string[] = [];
  for (const [formId, definition] of builtIn.forms) {
    const record = await deps.forms.record(formId);
    if (record !== undefined && record.versions.length > 0) continue;
    if (record === undefined) await deps.forms.putDraft(formId, definition);
    await deps.forms.publish(formId);
    forms.push(formId);
  }
  if ((await findOrganisation(deps.registry, coordination)) === undefined) {
    await createOrganisation(deps.registry, {
      id: coordination,
      name: 'Coordination',
      state: 'active',
    });
  }
  await rekeyLedger(deps);
  const activities = await once(deps.registry, 'plan', async () => {
    for (const activity of builtIn.activities) {
      await acceptSubmission(deps, installer, 'plan-activity', activity);
    }
    return builtIn.activities.length;
  });
  const newToken = await once(deps.registry, 'coordinator-token', () =>
    tokenFile === undefined ? makeToken(deps) : keptToken(deps, tokenFile),
  );
  return { forms, activities: activities ?? 0, newToken };
}

/**
 * Does `work` unless it was done to its end before. The mark comes after the work: who is killed in
 * between does it again, and nothing is done again because its traces were removed on purpose.
 */
async function once<T>(
  registry: RecordStore,
  what: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const key = registryKey.setup(what);
  if ((await registry.get(key)) !== undefined) return undefined;
  const result = await work();
  await registry.putIfAbsent({ ...key, revision: 1, schema: 1 });
  return result;
}

async function makeToken({
  registry,
  clock,
}: Pick<SubmissionDeps, 'registry' | 'clock'>): Promise<string> {
  const { token } = await createToken(registry, clock, coordination, {
    role: 'coordinator',
    name: 'init',
  });
  return token;
}

/** Undefined if the file is there: whoever wrote it was killed, or is another process at the same time. */
async function keptToken(
  deps: Pick<SubmissionDeps, 'registry' | 'clock' | 'newId'>,
  file: string,
): Promise<string | undefined> {
  const found = await readFile(file, 'utf8').catch(() => undefined);
  if (found !== undefined) return undefined;
  const token = await makeToken(deps);
  const temporary = `${file}.${deps.newId()}`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(`${token}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  return token;
}

/** What Fiche brings along: everything in the folder `forms`. */
interface BuiltIn {
  readonly vocabularies: ReadonlyMap<string, readonly Row[]>;
  /** By form id. */
  readonly forms: ReadonlyMap<string, FormDefinition>;
  readonly activities: readonly { readonly instanceId: string; readonly answers: JsonValue }[];
}

const folder = new URL('../forms/', import.meta.url);
const planFile = 'plan.yaml';

const Vocabulary = z.object({ list_name: z.string(), rows: z.array(RowSchema) });
const Plan = z.object({
  activities: z.array(z.object({ instanceId: z.string(), answers: z.json() })),
});

/**
 * Everything in the folder `forms`.
 * @public
 */
export async function readBuiltIn(): Promise<BuiltIn> {
  const vocabularies = new Map<string, readonly Row[]>();
  for (const file of await yamlFiles('vocabularies/')) {
    const { list_name, rows } = Vocabulary.parse(parse(await read(`vocabularies/${file}`)));
    vocabularies.set(list_name, rows);
  }
  const forms = new Map<string, FormDefinition>();
  for (const file of await yamlFiles('')) {
    if (file !== planFile) forms.set(file.replace(/\.yaml$/, ''), readYaml(await read(file)));
  }
  // Dates stay texts: YAML 1.2's core schema has none.
  const { activities } = Plan.parse(parse(await read(planFile), { schema: 'core' }));
  return { vocabularies, forms, activities };
}

const read = (file: string): Promise<string> => readFile(new URL(file, folder), 'utf8');

async function yamlFiles(path: string): Promise<string[]> {
  const names = await readdir(new URL(path, folder));
  return names.filter((name) => name.endsWith('.yaml')).sort();
}
