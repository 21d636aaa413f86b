import * as z from 'zod';
import { foldName } from './fold-name.ts';
import { Fault } from '../fault.ts';
import { registryKey } from '../store/keys.ts';
import { schemaOf, upgraded } from '../store/record-kinds.ts';
import { pagesOf, type RecordStore, type StoredRecord } from '../store/record-store.ts';

/** What has names that people write in several ways. */
export const namedKinds = ['organisation', 'initiative'] as const;
export type NamedKind = (typeof namedKinds)[number];

const Name = z.string().trim().min(1).max(300);

/**
 * What the coordination decided about two names of the same kind. `same`: wherever `name` was said,
 * datasets made from several forms group it under `canonical`, and no answer is changed.
 * `different`: the two are not to be reported as likely duplicates again.
 */
export const AliasDecision = z.strictObject({
  kind: z.enum(namedKinds),
  name: Name,
  canonical: Name,
  verdict: z.enum(['same', 'different']).default('same'),
});
export type AliasDecision = z.infer<typeof AliasDecision>;

/** A decision, under the id that its maker chose. */
export interface Alias extends AliasDecision {
  readonly id: string;
}

/** Under which name each name is grouped. Chains are followed to their end. */
export class CanonicalNames {
  readonly #next: ReadonlyMap<string, string>;

  constructor(aliases: readonly Alias[]) {
    this.#next = new Map(
      aliases
        .filter(({ verdict }) => verdict === 'same')
        .map(({ kind, name, canonical }) => [keyOf(kind, name), canonical]),
    );
  }

  /** A name that no alias has is its own. */
  of(kind: NamedKind, name: string): string {
    const path = [name];
    const seen = new Set([keyOf(kind, name)]);
    for (;;) {
      const next = this.#next.get(keyOf(kind, path.at(-1) ?? name));
      if (next === undefined) return path.at(-1) ?? name;
      const key = keyOf(kind, next);
      if (seen.has(key)) return this.#endOf(kind, path, next);
      seen.add(key);
      path.push(next);
    }
  }

  /** True if `name` is grouped under itself in a circle, should this alias be added. */
  wouldCircle(kind: NamedKind, name: string, canonical: string): boolean {
    const start = foldName(name);
    if (foldName(canonical) === start) return false;
    const seen = new Set<string>();
    let at: string | undefined = canonical;
    while (at !== undefined && !seen.has(foldName(at))) {
      if (foldName(at) === start) return true;
      seen.add(foldName(at));
      at = this.#next.get(keyOf(kind, at));
    }
    return false;
  }

  /**
   * An alias of a name to itself says how it is spelt. Of a real circle, which two who write at the same
   * time can make, every name leads to the same one.
   */
  #endOf(kind: NamedKind, path: readonly string[], next: string): string {
    const from = path.findIndex((name) => keyOf(kind, name) === keyOf(kind, next));
    const circle = [...path.slice(from + 1), next];
    return circle.reduce((one, other) => (foldName(one) <= foldName(other) ? one : other));
  }
}

function keyOf(kind: NamedKind, name: string): string {
  return `${kind}\n${foldName(name)}`;
}

/** Not strict: the record has more attributes than the decision. */
const Stored = z.object({ ...AliasDecision.shape, sk: z.string() });

/** All aliases, by id. A network has hundreds of names: they fit in memory. */
export async function listAliases(registry: RecordStore): Promise<readonly Alias[]> {
  const all: Alias[] = [];
  const partition = registryKey.sameAs('').pk;
  for await (const records of pagesOf(registry, { partition }))
    all.push(...records.map(fromRecord));
  return all;
}

/**
 * Puts an alias, in place of what was there under its id. The same one again changes nothing. Throws
 * Fault `conflict` if another alias says under what the name is grouped, or if names would be grouped
 * under one another in a circle.
 */
export async function putAlias(
  registry: RecordStore,
  id: string,
  decision: AliasDecision,
): Promise<Alias> {
  const alias = { id, ...decision };
  if (decision.verdict === 'same') {
    const others = (await listAliases(registry)).filter(
      (other) => other.id !== id && other.verdict === 'same' && other.kind === decision.kind,
    );
    const taken = others.find((other) => foldName(other.name) === foldName(decision.name));
    if (taken !== undefined) throw isTaken(taken);
    const { kind, name, canonical } = decision;
    if (new CanonicalNames(others).wouldCircle(kind, name, canonical)) throw circle(decision);
  }
  await registry.put({
    ...decision,
    ...registryKey.sameAs(id),
    revision: 1,
    schema: schemaOf('same-as'),
  });
  return alias;
}

/** Takes an alias back: the name is its own again. Throws Fault `not-found`. */
export async function deleteAlias(registry: RecordStore, id: string): Promise<void> {
  if ((await registry.get(registryKey.sameAs(id))) === undefined) throw new Fault('not-found');
  await registry.delete(registryKey.sameAs(id));
}

function fromRecord(record: StoredRecord): Alias {
  const { sk, ...decision } = Stored.parse(upgraded('same-as', record));
  return { id: sk, ...decision };
}

function isTaken({ id, name, canonical }: Alias): Fault {
  return new Fault('conflict', {
    errors: [
      {
        pointer: '/name',
        code: 'alias-taken',
        message: {
          fr: `« ${name} » est déjà regroupé sous « ${canonical} » (alias ${id}).`,
          en: `"${name}" is grouped under "${canonical}" already (alias ${id}).`,
        },
      },
    ],
  });
}

function circle({ name, canonical }: AliasDecision): Fault {
  return new Fault('conflict', {
    errors: [
      {
        pointer: '/canonical',
        code: 'alias-circle',
        message: {
          fr: `« ${canonical} » est lui-même regroupé sous « ${name} ».`,
          en: `"${canonical}" is itself grouped under "${name}".`,
        },
      },
    ],
  });
}
