import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  CanonicalNames,
  deleteAlias,
  listAliases,
  putAlias,
  type AliasDecision,
} from '../../../../shared/deduplication/same-as.ts';
import { MemoryRecordStore } from '../../../support/memory-record-store.ts';

let registry: MemoryRecordStore;
beforeEach(() => {
  registry = new MemoryRecordStore();
});

const same = (name: string, canonical: string): AliasDecision => ({
  kind: 'organisation',
  name,
  canonical,
  verdict: 'same',
});

describe('an alias', () => {
  it('groups a name under another one, however it is written', async () => {
    await putAlias(registry, 'a', same('Association Ecole', 'ONG École'));
    const names = new CanonicalNames(await listAliases(registry));
    expect(names.of('organisation', 'ASSOCIATION   École')).toBe('ONG École');
    expect(names.of('initiative', 'Association Ecole')).toBe('Association Ecole');
    expect(names.of('organisation', 'Other')).toBe('Other');
  });

  it('is followed to the end of its chain', async () => {
    await putAlias(registry, 'a', same('one', 'two'));
    await putAlias(registry, 'b', same('two', 'three'));
    const names = new CanonicalNames(await listAliases(registry));
    expect(names.of('organisation', 'One')).toBe('three');
  });

  it('may say how a name is spelt', async () => {
    await putAlias(registry, 'a', same('ONG ECOLE', 'Ong École'));
    const names = new CanonicalNames(await listAliases(registry));
    expect(names.of('organisation', 'ong ecole')).toBe('Ong École');
  });

  it('is refused where it would close a circle', async () => {
    await putAlias(registry, 'a', same('one', 'two'));
    await putAlias(registry, 'b', same('two', 'three'));
    await expect(putAlias(registry, 'c', same('THREE', 'One'))).rejects.toMatchObject({
      code: 'conflict',
      errors: [{ code: 'alias-circle' }],
    });
    expect(await listAliases(registry)).toHaveLength(2);
  });

  it('is refused where another one says under what the name stands, and replaced under its own id', async () => {
    await putAlias(registry, 'a', same('one', 'two'));
    await expect(putAlias(registry, 'b', same('ONE', 'three'))).rejects.toMatchObject({
      code: 'conflict',
      errors: [{ code: 'alias-taken' }],
    });
    await putAlias(registry, 'a', same('one', 'three'));
    expect(await listAliases(registry)).toEqual([{ id: 'a', ...same('one', 'three') }]);
  });

  it('that says that two are not the same groups nothing', async () => {
    await putAlias(registry, 'a', { ...same('one', 'two'), verdict: 'different' });
    const names = new CanonicalNames(await listAliases(registry));
    expect(names.of('organisation', 'one')).toBe('one');
  });

  it('can be taken back once', async () => {
    await putAlias(registry, 'a', same('one', 'two'));
    await deleteAlias(registry, 'a');
    expect(await listAliases(registry)).toEqual([]);
    await expect(deleteAlias(registry, 'a')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leads every name of a circle that two writers made to the same one', () => {
    const pairs = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })), { maxLength: 8 });
    fc.assert(
      fc.property(pairs, (links) => {
        const names = new CanonicalNames(
          links.map(([from, to], index) => ({ id: String(index), ...same(`n${from}`, `n${to}`) })),
        );
        const end = (name: string): string => names.of('organisation', name);
        for (const [from, to] of new Map(links)) {
          if (from !== to) expect(end(`n${from}`)).toBe(end(`n${to}`));
          expect(end(end(`n${from}`))).toBe(end(`n${from}`));
        }
      }),
    );
  });
});
