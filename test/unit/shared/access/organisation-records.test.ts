import { beforeEach, describe, expect, it } from 'vitest';
import {
  createOrganisation,
  getOrganisation,
  listOrganisations,
  putOrganisation,
  type Organisation,
} from '../../../../shared/access/organisation-records.ts';
import { coordination, OrgId, publicOrganisation } from '../../../../shared/ids.ts';
import { Interruptions } from '../../../support/interruptions.ts';
import { MemoryRecordStore } from '../../../support/memory-record-store.ts';

const named = (id: string, more: Partial<Organisation> = {}): Organisation => ({
  id: OrgId.parse(id),
  name: `Organisation ${id}`,
  state: 'active',
  ...more,
});

let interruptions: Interruptions;
let registry: MemoryRecordStore;
beforeEach(() => {
  interruptions = new Interruptions();
  registry = new MemoryRecordStore(interruptions);
});

describe('createOrganisation', () => {
  it('keeps every member and begins at revision 1', async () => {
    const organisation = named('ong-a', { acronym: 'A', kind: 'ngo', contact: 'par courrier' });
    expect(await createOrganisation(registry, organisation)).toEqual({ organisation, revision: 1 });
    expect(await getOrganisation(registry, 'ong-a')).toEqual({ organisation, revision: 1 });
  });

  it('answers the very same again as the first time', async () => {
    await createOrganisation(registry, named('ong-a'));
    expect(await createOrganisation(registry, named('ong-a'))).toEqual({
      organisation: named('ong-a'),
      revision: 1,
    });
  });

  it('refuses a taken id and leaves the first as it was', async () => {
    await createOrganisation(registry, named('ong-a'));
    const second = createOrganisation(registry, named('ong-a', { name: 'Another' }));
    await expect(second).rejects.toMatchObject({ code: 'conflict' });
    const { organisation } = await getOrganisation(registry, 'ong-a');
    expect(organisation).toEqual(named('ong-a'));
  });

  it('refuses the id that stands for submissions without a token', async () => {
    const created = createOrganisation(registry, named(publicOrganisation));
    await expect(created).rejects.toMatchObject({ code: 'invalid-body' });
  });
});

describe('getOrganisation', () => {
  it.each(['ong-z', '', 'Not An Id', 'a#b', '__proto__'])('does not find %j', async (id) => {
    await expect(getOrganisation(registry, id)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('putOrganisation', () => {
  beforeEach(() => createOrganisation(registry, named('ong-a', { acronym: 'A' })).then(() => {}));

  it('replaces it as a whole, and the revision grows', async () => {
    const changed = named('ong-a', { state: 'inactive' });
    const answer = await putOrganisation(registry, 'ong-a', changed, 1);
    expect(answer).toEqual({ organisation: changed, revision: 2 });
    expect(await getOrganisation(registry, 'ong-a')).toEqual(answer);
  });

  it('refuses a stale revision and says which is current', async () => {
    await putOrganisation(registry, 'ong-a', named('ong-a', { name: 'First' }), 1);
    const stale = putOrganisation(registry, 'ong-a', named('ong-a', { name: 'Second' }), 1);
    await expect(stale).rejects.toMatchObject({
      code: 'stale-revision',
      extra: { currentRevision: 2 },
    });
  });

  it('answers a change whose answer was lost as done', async () => {
    interruptions.plan({ at: 2, fail: 'after' });
    const changed = named('ong-a', { name: 'Changed' });
    const put = () => putOrganisation(registry, 'ong-a', changed, 1);
    await expect(put()).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await put()).toEqual({ organisation: changed, revision: 2 });
  });

  it('refuses another id in the body', async () => {
    const put = putOrganisation(registry, 'ong-a', named('ong-b'), 1);
    await expect(put).rejects.toMatchObject({ code: 'invalid-body', errors: [{ pointer: '/id' }] });
  });

  it('does not let the coordination lock itself out', async () => {
    await createOrganisation(registry, named(coordination));
    const put = putOrganisation(
      registry,
      coordination,
      named(coordination, { state: 'inactive' }),
      1,
    );
    await expect(put).rejects.toMatchObject({ code: 'invalid-body' });
  });
});

describe('listOrganisations', () => {
  it('lists all of them by id', async () => {
    for (const id of ['ong-c', 'ong-a', 'ong-b']) await createOrganisation(registry, named(id));
    const listed = await listOrganisations(registry);
    expect(listed).toEqual(['ong-a', 'ong-b', 'ong-c'].map((id) => named(id)));
  });
});
