import { beforeEach, describe, expect, it } from 'vitest';
import { Keyring } from '../../../../../shared/access/keyring.ts';
import { forgetTombstones } from '../../../../../shared/dataset/verify/verify-shard.ts';
import { registryKey } from '../../../../../shared/store/keys.ts';
import { acceptSubmission } from '../../../../../shared/submission/accept-submission.ts';
import { sha256 } from '../../../../../shared/submission/records/content-hash.ts';
import { eraseSubmission } from '../../../../../shared/submission/erasure/erase-submission.ts';
import {
  putLedgerEntry,
  rekeyLedger,
} from '../../../../../shared/submission/erasure/erasure-ledger.ts';
import { erasureName, isGuessable } from '../../../../../shared/submission/erasure/erasure-name.ts';
import { atEveryOperation } from '../../../../support/interruptions.ts';
import { testKeys } from '../../../../support/keyring.ts';
import {
  coordinator,
  memberA,
  openWorld,
  type World,
} from '../../../../support/submission-world.ts';

const guessable = 'ong-a-002';
const random = '6f2c1d34-9a0b-4c5d-8e7f-001122334455';
const hour = 60 * 60 * 1000;

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const send = (instanceId: string, deps = world.deps) =>
  acceptSubmission(deps, memberA, 'survey', { instanceId, answers: { title: 'x' } });
const erase = (instanceId: string) =>
  eraseSubmission(world.deps, coordinator, 'survey', instanceId);
const tombstones = () => world.submissions.all().filter(({ state }) => state === 'erased');

/** What compile does to the note of an erasure once nothing holds the record, hours later. */
async function settled(instanceId: string): Promise<void> {
  const name = erasureName(testKeys, 'survey', instanceId);
  await world.registry.delete(registryKey.erasure('survey', name));
  // Objects are dated by the machine's clock.
  world.now = Date.now() + 2 * hour;
}
const forget = () => forgetTombstones(world.deps, tombstones());

it.each([
  [random, false],
  [`uuid:${random}`, false],
  [random.toUpperCase(), false],
  ['018f3b5c-0000-7abc-9def-001122334455', false],
  // Made of a time and a machine, of a name, of nothing.
  ['6f2c1d34-9a0b-1c5d-8e7f-001122334455', true],
  ['6f2c1d34-9a0b-5c5d-8e7f-001122334455', true],
  ['00000000-0000-0000-0000-000000000000', true],
  [guessable, true],
  [`${random}-2`, true],
])('says whether an instanceId could be guessed: %s', (id, expected) => {
  expect(isGuessable(id)).toBe(expected);
});

describe('what stays of an erased submission', () => {
  it('is found by nobody who guesses ids, once compile has dealt with it', async () => {
    await send(guessable);
    await erase(guessable);
    await settled(guessable);
    await forget();
    const stored = JSON.stringify([
      world.submissions.all(),
      world.registry.all().filter(({ pk }) => !pk.startsWith('uploads#')),
      world.objects.keys(),
    ]);
    expect(stored).not.toContain(guessable);
    expect(stored).not.toContain(sha256(guessable));
    expect(stored).toContain(erasureName(testKeys, 'survey', guessable));
  });

  it('refuses the id for ever, after a rotation too', async () => {
    await send(guessable);
    await erase(guessable);
    await expect(send(guessable)).rejects.toMatchObject({ code: 'erased' });
    await settled(guessable);
    await forget();
    expect(tombstones()).toEqual([]);
    await expect(send(guessable)).rejects.toMatchObject({ code: 'erased' });
    const old = { id: 'test', secret: new Uint8Array(32).fill(7) };
    const keys = new Keyring([{ id: 'new', secret: new Uint8Array(32).fill(8) }, old]);
    await expect(send(guessable, { ...world.deps, keys })).rejects.toMatchObject({
      code: 'erased',
    });
    await expect(send('ong-a-003')).resolves.toMatchObject({ created: true });
  });

  it('is the tombstone in the table, of an id that is random', async () => {
    await send(random);
    await erase(random);
    await settled(random);
    await forget();
    expect(tombstones()).toHaveLength(1);
    await expect(send(random)).rejects.toMatchObject({ code: 'erased' });
  });

  it('is the tombstone while compile is to deal with the erasure, and while writes may be under way', async () => {
    await send(guessable);
    await erase(guessable);
    world.now = Date.now() + 2 * hour;
    await forget();
    expect(tombstones()).toHaveLength(1);
    await settled(guessable);
    world.now = Date.now();
    await forget();
    expect(tombstones()).toHaveLength(1);
  });

  it('is the tombstone while the ledger has it under no key', async () => {
    await send(guessable);
    await erase(guessable);
    await settled(guessable);
    for (const key of world.objects.keys()) {
      if (key.startsWith('erasures/')) await world.objects.delete(key);
    }
    await forget();
    expect(tombstones()).toHaveLength(1);
  });

  it('refuses the id at every moment, whichever operation fails', () =>
    atEveryOperation(async (at) => {
      world = await openWorld();
      await send(guessable);
      await erase(guessable);
      await settled(guessable);
      let created = 0;
      world.interruptions.plan({
        at,
        fail: 'after',
        meanwhile: async () => {
          await send(guessable).then(
            () => (created += 1),
            () => undefined,
          );
        },
      });
      await forget().catch(() => undefined);
      const reached = world.interruptions.end();
      expect(created).toBe(0);
      await expect(send(guessable)).rejects.toMatchObject({ code: 'erased' });
      return reached;
    }));
});

describe('a ledger of before there were keys', () => {
  const plain = (id: string) => ({
    formId: 'survey',
    instanceHash: sha256(id),
    erasedAt: '2026-01-01T00:00:00.000Z',
  });
  const ledger = () => world.objects.keys().filter((key) => key.startsWith('erasures/'));
  beforeEach(async () => {
    for (const id of [guessable, random]) {
      await send(id);
      await erase(id);
    }
    for (const key of ledger()) await world.objects.delete(key);
    for (const id of [guessable, random, 'ong-a-nowhere']) {
      await putLedgerEntry(world.objects, plain(id));
    }
  });

  it('gets other names, but for ids that are nowhere any more', async () => {
    expect(await rekeyLedger(world.deps)).toEqual({ rekeyed: 2, left: 1 });
    expect(ledger().sort()).toEqual(
      [
        `erasures/survey/${sha256('ong-a-nowhere')}.json`,
        ...[guessable, random].map(
          (id) => `erasures/survey/${erasureName(testKeys, 'survey', id)}.json`,
        ),
      ].sort(),
    );
    expect(await rekeyLedger(world.deps)).toEqual({ rekeyed: 0, left: 1 });
  });

  it('has every erasure at every moment, whichever operation fails', () =>
    atEveryOperation(async (at) => {
      for (const id of [guessable, random]) await putLedgerEntry(world.objects, plain(id));
      world.interruptions.plan({ at, fail: 'after' });
      await rekeyLedger(world.deps).catch(() => undefined);
      const reached = world.interruptions.end();
      const names = ledger().join();
      for (const id of [guessable, random]) {
        const either = [sha256(id), erasureName(testKeys, 'survey', id)];
        expect(either.some((name) => names.includes(name))).toBe(true);
      }
      return reached;
    }));
});
