import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Keyring, publicIdOf } from '../../../../../shared/access/keyring.ts';
import type { Audience } from '../../../../../shared/form/model.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { testKeys } from '../../../../support/keyring.ts';
import { textsInside } from '../../../../support/texts-inside.ts';

const form = {
  survey: [
    ...[
      { type: 'text', name: 'org', hxl: '#org+name' },
      { type: 'text', name: 'what', hxl: '#activity' },
      { type: 'select_one regions', name: 'region', hxl: '#adm1+code' },
      { type: 'file', name: 'paper' },
    ].map((question) => ({
      label: question.name,
      visibility: 'public',
      review_text: 'yes',
      ...question,
    })),
    { type: 'begin repeat', name: 'visits', label: 'V' },
    { type: 'integer', name: 'n', label: 'N', visibility: 'public' },
    { type: 'end repeat' },
  ],
  choices: [{ list_name: 'regions', name: 'north', label: 'N' }],
  settings: { form_title: 'F', version: '1' },
};
const count = 30;
const idOf = (number: number): string => `canary-${String(number).padStart(3, '0')}`;
const other = new Keyring([{ id: 'other', secret: new Uint8Array(32).fill(9) }]);
const rotated = new Keyring([
  { id: 'next', secret: new Uint8Array(32).fill(8) },
  { id: 'test', secret: new Uint8Array(32).fill(7) },
]);

/** Records `canary-000`… of two organisations, which came in that order. */
async function world(keys = testKeys): Promise<DatasetWorld> {
  const made = new DatasetWorld();
  made.keys = keys;
  await made.publishForm('f', form);
  for (let number = 0; number < count; number += 1) {
    const answers = {
      org: `O${number}`,
      what: `w${number}`,
      region: 'north',
      visits: [{ n: number }],
      paper: { file: 'p.pdf', sha256: '0'.repeat(64), bytes: 1, type: 'application/pdf' },
    };
    const organisation = number % 2 === 0 ? 'ong-alpha' : 'ong-beta';
    await made.put('f', idOf(number), answers, { organisation });
    made.wait(1);
  }
  await made.compile();
  return made;
}

async function textsFor(made: DatasetWorld, audience: Audience): Promise<readonly string[]> {
  const mine = (key: string): boolean =>
    new RegExp(`^datasets/[^/]+/[^/]+/${audience}/`).test(key) ||
    (audience === 'public' && key.startsWith('public/'));
  const keys = made.objects.keys().filter(mine);
  return Promise.all(
    keys.map(async (key) => {
      const body = await made.objects.get(key);
      return body === undefined ? '' : textsInside(await buffer(body));
    }),
  );
}

const idsFor = async (made: DatasetWorld, audience: Audience) =>
  (await made.records('f', audience)).map(({ id }) => z.string().parse(id));
const answersFor = async (made: DatasetWorld, audience: Audience) =>
  (await made.records('f', audience)).map(({ answers }) => JSON.stringify(answers)).sort();

describe('what others see of a record', () => {
  it.each(['members', 'public'] as const)('has in no byte its instanceId: %s', async (audience) => {
    const files = await textsFor(await world(), audience);
    expect(files.length).toBeGreaterThan(10);
    // What is looked for can be found: the public id is in most of them.
    const found = files.filter((text) => text.includes(publicIdOf(testKeys, 'f', idOf(3))));
    expect(found.length).toBeGreaterThan(5);
    for (const text of files) expect(text).not.toContain('canary-');
  });

  it('has the id that the coordinator has for none but the coordinator, in one order for all', async () => {
    const made = await world();
    const publicIds = Array.from({ length: count }, (_, n) => publicIdOf(testKeys, 'f', idOf(n)));
    expect(await idsFor(made, 'public')).toEqual(publicIds.sort());
    expect(await idsFor(made, 'members')).toEqual(publicIds);
    const ids = await idsFor(made, 'coordinator');
    expect(ids.map((id) => publicIdOf(testKeys, 'f', id))).toEqual(publicIds);
  });

  it('stands in an order that says nothing of instanceIds, nor of who came first', async () => {
    const ids = await idsFor(await world(), 'coordinator');
    const places = ids.map((id) => Number(id.slice(-3)));
    // Of 30 in an order made by chance, neighbours go up about half of the time.
    const ups = places.filter((place, at) => at > 0 && place > (places[at - 1] ?? 0)).length;
    expect(ups).toBeGreaterThan(7);
    expect(ups).toBeLessThan(22);
    expect(places).not.toEqual(
      (await idsFor(await world(other), 'coordinator')).map((id) => Number(id.slice(-3))),
    );
  });

  it('has another id in another installation, and another one in another dataset', async () => {
    const [here, there] = [await world(), await world(other)];
    const ids = new Set(await idsFor(here, 'public'));
    for (const id of await idsFor(there, 'public')) expect(ids.has(id)).toBe(false);
    expect(await answersFor(there, 'public')).toEqual(await answersFor(here, 'public'));
    expect(publicIdOf(testKeys, 'f', idOf(0))).not.toBe(publicIdOf(testKeys, 'g', idOf(0)));
  });

  it('has another id once the key is changed, and the same answers', async () => {
    const made = await world();
    const before = new Set(await idsFor(made, 'members'));
    const answers = await answersFor(made, 'members');
    made.keys = rotated;
    made.wait(600);
    await made.compile();
    const after = await idsFor(made, 'members');
    expect(after).toHaveLength(count);
    for (const id of after) expect(before.has(id)).toBe(false);
    expect(await answersFor(made, 'members')).toEqual(answers);
    const files = await textsFor(made, 'public');
    const inPublic = files.filter((text) => text.includes(publicIdOf(rotated, 'f', idOf(3))));
    expect(inPublic.length).toBeGreaterThan(5);
  });

  it('is published anew, in full collects as in steps, with the same bytes', async () => {
    const made = await world();
    made.wait(600);
    await made.put('f', idOf(7), { org: 'X', region: 'north' }, { revision: 2 });
    await made.put('f', idOf(count), { org: 'Y', region: 'north' });
    await made.compile();
    const before = await made.contents('public/');
    await made.collectAll('f', { full: true });
    await made.compile();
    expect(await made.contents('public/')).toEqual(before);
  });
});
