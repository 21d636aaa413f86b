import { corpus, type Place } from './expression-corpus.ts';
import type { Differences } from './expression-differences.ts';
import type { Posed, Results } from './expression-forms.ts';
import { xformOf } from './expression-xform.ts';
import type { XFormsEngine } from './xforms-engine.ts';

/** The corpus, each expression in a calculate of its own. */
export const posedCorpus: readonly (Posed & { readonly what: string })[] = corpus
  .flatMap(([what, at, sources]) => sources.map((source) => ({ what, at, source })))
  .map((one, index) => ({ ...one, name: `x${index + 1}` }));

/** What stands for the values of an expression that an engine refuses or fails over. */
export const failed: readonly string[] = ['fails'];

const keyOf = (at: Place, source: string): string => `${at} ${source}`;

/** What an engine is known to make of the expressions that it and we differ about, by `name`. */
export function knownDifferences(differences: Differences): Results {
  const names = new Map(posedCorpus.map(({ at, source, name }) => [keyOf(at, source), name]));
  return new Map(
    differences.flatMap(([, at, rows]) =>
      rows.map(([source, ...theirs]) => {
        const name = names.get(keyOf(at, source));
        if (name === undefined) throw new Error(`${source} is not in the corpus at ${at}.`);
        return [name, theirs.length === 0 ? failed : theirs] as const;
      }),
    ),
  );
}

/** Calculates per form: the engine slows down with more, and starting a form costs time too. */
const perForm = 50;

type WriteForm = (posed: readonly Posed[]) => string;

/** What Web Forms makes of the expressions. Those that are known to fail get forms of their own. */
export async function askWebForms(
  engine: XFormsEngine,
  posed: readonly Posed[],
  known: Results,
  write: WriteForm = xformOf,
): Promise<Results> {
  const results = new Map<string, readonly string[]>();
  const sound = posed.filter(({ name }) => known.get(name) !== failed);
  for (let at = 0; at < sound.length; at += perForm) {
    await ask(engine, sound.slice(at, at + perForm), results, write);
  }
  for (const one of posed) {
    if (known.get(one.name) === failed) await ask(engine, [one], results, write);
  }
  return results;
}

/** One expression that fails fails its whole form: then halves are asked, down to that one. */
async function ask(
  engine: XFormsEngine,
  posed: readonly Posed[],
  results: Map<string, readonly string[]>,
  write: WriteForm,
): Promise<void> {
  try {
    const { values } = await engine.fill({ form: write(posed), valuesOnly: true });
    const names = new Set(posed.map(({ name }) => name));
    for (const { reference, value } of values) {
      const name = reference.slice(reference.lastIndexOf('/') + 1);
      if (names.has(name)) results.set(name, [...(results.get(name) ?? []), value]);
    }
  } catch {
    const [first] = posed;
    if (posed.length === 1 && first !== undefined) results.set(first.name, failed);
    else {
      const half = Math.ceil(posed.length / 2);
      await ask(engine, posed.slice(0, half), results, write);
      await ask(engine, posed.slice(half), results, write);
    }
  }
}
