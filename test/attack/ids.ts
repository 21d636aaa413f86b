import { hash } from 'node:crypto';
import { canonicalJson } from '../../shared/json.ts';
import type { Finding, Person } from './attack-view.ts';
import type { OpenView } from './open-files.ts';

/** An id that anybody can make of what they know or guess: a hash without a secret. */
export function* findGuessableIds(view: OpenView): Generator<Finding> {
  const guesses = guessesOf(view);
  const reported = new Set<string>();
  for (const [at, snapshot] of view.snapshots.entries()) {
    for (const audience of ['public', 'members'] as const) {
      for (const [name, token] of tokensIn(snapshot[audience].texts)) {
        const guess = guesses.get(token.slice(0, shortest).toLowerCase());
        if (guess === undefined || reported.has(guess.what + name)) continue;
        const { made, what } = guess;
        if (!made.some((digest) => digest.startsWith(token.toLowerCase()))) continue;
        reported.add(what + name);
        yield { attack: 'ids', at, what: `${audience} ${name}: ${token} is a hash of ${what}` };
      }
    }
  }
}

/** The id under which a client sent it, which names the client, its organisation or its device. */
export function* findRawIds(view: OpenView): Generator<Finding> {
  const ids = new Set(view.people.map(({ instanceId }) => instanceId));
  for (const [at, snapshot] of view.snapshots.entries()) {
    for (const audience of ['public', 'members'] as const) {
      for (const [name, text] of snapshot[audience].texts) {
        const found = text
          .match(/[A-Za-z0-9][A-Za-z0-9:._-]{7,127}/g)
          ?.find((word) => ids.has(word));
        if (found === undefined) continue;
        yield { attack: 'raw ids', at, what: `${audience} ${name}: ${found}` };
      }
    }
  }
}

const shortest = 8;

interface Guess {
  readonly what: string;
  readonly made: readonly string[];
}

/** Words of files that could be hashes, or the beginning of one. */
function* tokensIn(texts: ReadonlyMap<string, string>): Generator<readonly [string, string]> {
  for (const [name, text] of texts) {
    // The other formats of the same tables have the same ids.
    if (!/\.(?:csv|json)$/.test(name)) continue;
    const words = text.match(/(?<![0-9A-Za-z])[0-9A-Fa-f]{8,128}(?![0-9A-Za-z])/g) ?? [];
    for (const token of new Set(words)) yield [name, token];
    const [, ...stems] = name.split(/[./-]/);
    for (const stem of stems) if (/^[0-9a-f]{8,128}$/i.test(stem)) yield [name, stem];
  }
}

/** By the first digits of what they come to. */
function guessesOf({ people, forms }: OpenView): ReadonlyMap<string, Guess> {
  const guesses = new Map<string, Guess>();
  const datasets = ['', ...forms.map(({ formId }) => formId), 'who-does-what-where'];
  for (const person of people) {
    for (const [what, secret] of wordsOf(person)) {
      for (const dataset of datasets) {
        for (const text of spellings(dataset, secret)) {
          for (const algorithm of ['sha256', 'sha1', 'md5']) {
            const digest = hash(algorithm, text);
            const key = digest.slice(0, shortest);
            const known = guesses.get(key);
            guesses.set(key, { what, made: [...(known?.made ?? []), digest] });
          }
        }
      }
    }
  }
  return guesses;
}

/** What ids have been made of: the client's id, or answers, as an import makes one of them. */
function wordsOf({ formId, instanceId, sent }: Person): readonly (readonly [string, string])[] {
  const first = sent[0];
  if (first === undefined) return [[`the id ${instanceId}`, instanceId]];
  const answers = canonicalJson(first.answers);
  const imported = [JSON.stringify(first.version), 'null'].map((version) =>
    hash(
      'sha256',
      `{"answers":${answers},"formId":${JSON.stringify(formId)},"formVersion":${version}}`,
    ),
  );
  return [
    [`the id ${instanceId}`, instanceId],
    ...imported.flatMap((made) => [
      [`all answers of ${instanceId}`, made] as const,
      [`all answers of ${instanceId}`, `row-${made.slice(0, 40)}`] as const,
    ]),
    [`all answers of ${instanceId}`, answers],
  ];
}

function spellings(dataset: string, secret: string): readonly string[] {
  if (dataset === '') return [secret];
  return ['\n', '', '/', ':', '#', ' ', '\0', '.'].map((parted) => dataset + parted + secret);
}
