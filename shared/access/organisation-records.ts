import * as z from 'zod';
import { canary, coordination, OrgId, publicOrganisation } from '../ids.ts';
import { Fault } from '../fault.ts';
import { canonicalJson } from '../json.ts';
import { attribute, registryKey } from '../store/keys.ts';
import { schemaOf, upgraded } from '../store/record-kinds.ts';
import { pagesOf, type RecordStore, type StoredRecord } from '../store/record-store.ts';

/** A member of the network, or the coordination itself. */
export const Organisation = z.strictObject({
  id: OrgId,
  name: z.string().trim().min(1).max(300),
  acronym: z.string().trim().min(1).max(50).optional(),
  /** Code of the vocabulary of kinds of organisation. */
  kind: z.string().max(100).optional(),
  /** How the coordination reaches it: never published. */
  contact: z.string().max(500).optional(),
  state: z.enum(['active', 'inactive']),
});
export type Organisation = z.infer<typeof Organisation>;

/** Not strict: the record has more attributes than the organisation. */
const Stored = z.object(Organisation.shape);

/** An organisation and the revision of its record: its ETag. */
interface VersionedOrganisation {
  readonly organisation: Organisation;
  readonly revision: number;
}

/**
 * Adds an organisation. The very same one again is answered as the first time (its answer may have
 * been lost). Throws Fault `conflict` if the id is taken, `invalid-body` for the reserved id.
 */
export async function createOrganisation(
  registry: RecordStore,
  organisation: Organisation,
): Promise<VersionedOrganisation> {
  check(organisation);
  const found = await registry.putIfAbsent(toRecord(organisation, 1));
  if (found === undefined) return { organisation, revision: 1 };
  const existing = fromRecord(found);
  if (!same(existing.organisation, organisation)) {
    throw new Fault('conflict', {
      errors: [
        {
          pointer: '/id',
          code: 'id-taken',
          message: {
            fr: `Une organisation « ${organisation.id} » existe déjà.`,
            en: `There is an organisation "${organisation.id}" already.`,
          },
        },
      ],
    });
  }
  return existing;
}

/** Throws Fault `not-found`. */
export async function getOrganisation(
  registry: RecordStore,
  orgId: string,
): Promise<VersionedOrganisation> {
  const found = await findOrganisation(registry, orgId);
  if (found === undefined) throw new Fault('not-found');
  return found;
}

/** Undefined: no such organisation. */
export async function findOrganisation(
  registry: RecordStore,
  orgId: string,
): Promise<VersionedOrganisation | undefined> {
  const id = OrgId.safeParse(orgId);
  if (!id.success) return undefined;
  const record = await registry.get(registryKey.organisation(id.data));
  return record === undefined ? undefined : fromRecord(record);
}

/**
 * Replaces an organisation if its revision is still `revision`; a repeated change is answered as
 * done. Throws Fault `not-found`, `stale-revision` (with `currentRevision`), `invalid-body` if the
 * id is another, or if the coordination would lock itself out.
 */
export async function putOrganisation(
  registry: RecordStore,
  orgId: string,
  organisation: Organisation,
  revision: number,
): Promise<VersionedOrganisation> {
  const before = await getOrganisation(registry, orgId);
  check(organisation);
  if (organisation.id !== before.organisation.id) {
    throw invalid('/id', 'id-fixed', {
      fr: 'L’identifiant d’une organisation ne change pas.',
      en: 'The id of an organisation does not change.',
    });
  }
  if (before.revision === revision) {
    const next = { organisation, revision: revision + 1 };
    if (await registry.putIfRevision(toRecord(organisation, next.revision), revision)) return next;
  }
  const current = await getOrganisation(registry, orgId);
  if (current.revision === revision + 1 && same(current.organisation, organisation)) return current;
  throw new Fault('stale-revision', { extra: { currentRevision: current.revision } });
}

/** All organisations, by id. A network has hundreds: they fit in memory. */
export async function listOrganisations(registry: RecordStore): Promise<readonly Organisation[]> {
  const all: Organisation[] = [];
  const partition = registryKey.organisation('').pk;
  for await (const records of pagesOf(registry, { partition })) {
    all.push(...records.map((record) => fromRecord(record).organisation));
  }
  return all;
}

function check(organisation: Organisation): void {
  if (organisation.id === publicOrganisation) {
    throw invalid('/id', 'id-reserved', {
      fr: `L’identifiant « ${publicOrganisation} » est réservé aux envois sans jeton.`,
      en: `The id "${publicOrganisation}" is reserved for submissions without a token.`,
    });
  }
  if (organisation.id === canary) {
    throw invalid('/id', 'id-reserved', {
      fr: `L’identifiant « ${canary} » est réservé à ce qui surveille le service.`,
      en: `The id "${canary}" is reserved for what watches over the service.`,
    });
  }
  if (organisation.id === coordination && organisation.state !== 'active') {
    throw invalid('/state', 'coordination-stays-active', {
      fr: 'La coordination ne peut pas se désactiver elle-même.',
      en: 'The coordination cannot make itself inactive.',
    });
  }
}

function invalid(pointer: string, code: string, message: { fr: string; en: string }): Fault {
  return new Fault('invalid-body', { errors: [{ pointer, code, message }] });
}

function same(one: Organisation, other: Organisation): boolean {
  return canonicalJson(plain(one)) === canonicalJson(plain(other));
}

/** Without members that are undefined: neither JSON nor a store has such a value. */
function plain(organisation: Organisation): Record<string, string> {
  const members = Object.entries(organisation).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return Object.fromEntries(members);
}

function toRecord(organisation: Organisation, revision: number): StoredRecord {
  return {
    ...plain(organisation),
    ...registryKey.organisation(organisation.id),
    revision,
    schema: schemaOf('organisation'),
  };
}

function fromRecord(record: StoredRecord): VersionedOrganisation {
  return {
    organisation: Stored.parse(upgraded('organisation', record)),
    revision: z.int().parse(record[attribute.revision]),
  };
}
