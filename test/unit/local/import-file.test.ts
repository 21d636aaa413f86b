import { beforeEach, describe, expect, it } from 'vitest';
import { importRows, type RefusedRow } from '../../../local/import-file.ts';
import { Keyring } from '../../../shared/access/keyring.ts';
import { OrgId } from '../../../shared/ids.ts';
import { canonicalJson } from '../../../shared/json.ts';
import { isHeadKey } from '../../../shared/store/keys.ts';
import { acceptSubmission } from '../../../shared/submission/accept-submission.ts';
import { contentHash, sha256 } from '../../../shared/submission/records/content-hash.ts';
import type { SubmissionDeps } from '../../../shared/submission/records/submission-deps.ts';
import { eraseSubmission } from '../../../shared/submission/erasure/erase-submission.ts';
import { isGuessable } from '../../../shared/submission/erasure/erasure-name.ts';
import { coordinator, memberA, openWorld, type World } from '../../support/submission-world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const key = (id: string, byte: number) => ({ id, secret: new Uint8Array(32).fill(byte) });

/** Imports rows with these titles; gives how many were created, and the codes of refusals. */
async function bring(
  titles: readonly string[],
  {
    deps = world.deps,
    organisation = 'ong-a',
  }: { deps?: SubmissionDeps; organisation?: string } = {},
): Promise<{ created: number; refused: readonly string[] }> {
  const refused: RefusedRow[] = [];
  const rows = titles.map((title, index) => ({
    line: index + 1,
    content: { instanceId: undefined, formVersion: undefined, answers: { title } },
  }));
  async function* each(): AsyncGenerator<(typeof rows)[number]> {
    yield* rows;
    await Promise.resolve();
  }
  const { created } = await importRows(deps, each(), {
    formId: 'survey',
    organisation: OrgId.parse(organisation),
    accept: false,
    onRefused: (row) => {
      refused.push(row);
      return Promise.resolve();
    },
  });
  return { created, refused: refused.map(({ code }) => code) };
}

const heads = () => world.submissions.all().filter(({ sk }) => isHeadKey(sk));

describe('rows without an instanceId', () => {
  it('are created once, whatever the order of the file and whatever is added to it', async () => {
    expect(await bring(['a', 'b', 'c'])).toEqual({ created: 3, refused: [] });
    expect(await bring(['a', 'b', 'c'])).toEqual({ created: 0, refused: [] });
    expect(await bring(['c', 'd', 'a', 'b'])).toEqual({ created: 1, refused: [] });
  });

  it('are two records when two are equal, however often and in whatever order', async () => {
    expect(await bring(['a', 'b', 'a'])).toEqual({ created: 3, refused: [] });
    expect(await bring(['b', 'a', 'a'])).toEqual({ created: 0, refused: [] });
    expect(await bring(['a', 'a', 'a'])).toEqual({ created: 1, refused: [] });
  });

  it('are two records when two organisations bring them', async () => {
    await bring(['a']);
    expect(await bring(['a'], { organisation: 'ong-b' })).toEqual({ created: 1, refused: [] });
  });

  it('have UUIDs of version 8, which nobody finds by guessing the answers', async () => {
    await bring(['a', 'a', 'b']);
    const ids = heads().map(({ sk }) => sk);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(isGuessable(id)).toBe(false);
    }
    const elsewhere = await openWorld();
    const other = { ...elsewhere.deps, keys: new Keyring([key('other', 1)]) };
    await bring(['a', 'a', 'b'], { deps: other });
    const others = elsewhere.submissions.all().map(({ sk }) => sk);
    expect(ids.filter((id) => others.includes(id))).toEqual([]);
  });

  it('keep the ids that they have when the key is another one', async () => {
    await bring(['a', 'b'], { deps: { ...world.deps, keys: new Keyring([key('one', 1)]) } });
    const rotated = { ...world.deps, keys: new Keyring([key('two', 2), key('one', 1)]) };
    expect(await bring(['b', 'a', 'a'], { deps: rotated })).toEqual({ created: 1, refused: [] });
  });

  describe('that an earlier release has named by plain SHA-256', () => {
    const plain = (title: string): string =>
      `row-${contentHash('survey', undefined, canonicalJson({ title })).slice(0, 40)}`;
    beforeEach(async () => {
      await acceptSubmission(world.deps, memberA, 'survey', {
        instanceId: plain('a'),
        answers: { title: 'a' },
      });
    });

    it('are not created again', async () => {
      expect(await bring(['a', 'a', 'b'])).toEqual({ created: 2, refused: [] });
    });

    it('stay erased, though the table remembers it no longer', async () => {
      await eraseSubmission(world.deps, coordinator, 'survey', plain('a'));
      expect(await bring(['a'])).toEqual({ created: 0, refused: ['erased'] });
      for (const { pk, sk } of heads()) await world.submissions.delete({ pk, sk });
      expect(await bring(['a'])).toEqual({ created: 0, refused: ['erased'] });
      const left = world.objects.keys().filter((name) => name.includes(sha256(plain('a'))));
      expect(left).toEqual([]);
    });
  });

  it('stay erased when they are brought again', async () => {
    await bring(['a']);
    await eraseSubmission(world.deps, coordinator, 'survey', heads()[0]?.sk ?? '');
    expect(await bring(['a'])).toEqual({ created: 0, refused: ['erased'] });
  });
});
