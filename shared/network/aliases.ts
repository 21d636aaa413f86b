import * as z from 'zod';
import { Fault } from '../fault.ts';
import { registryKey } from '../store/keys.ts';
import { schemaOf, upgraded } from '../store/record-kinds.ts';
import { pagesOf, type RecordStore, type StoredRecord } from '../store/record-store.ts';
import { AliasDecision, type Alias } from './alias.ts';
import { CanonicalNames } from './canonical-names.ts';
import { foldName } from './fold-name.ts';

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
          fr: `« ${name} » est déjà regroupé sous « ${canonical} » (alias ${id}).`,
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
          fr: `« ${canonical} » est lui-même regroupé sous « ${name} ».`,
          en: `"${canonical}" is itself grouped under "${name}".`,
        },
      },
    ],
  });
}
