import { Fault } from '../../fault.ts';
import type { Audience } from '../../form/model.ts';
import type { CompileDeps } from '../compile-deps.ts';
import type { Manifest } from '../versions/version-manifest.ts';
import { readManifest } from '../versions/read-datasets.ts';
import { orderOfIds, readRowIndex } from '../versions/row-index.ts';
import { feedModel } from './feed-model.ts';
import { noSuch } from './odata-fault.ts';
import type { Feed } from './row-source.ts';

export type FeedDeps = Pick<CompileDeps, 'registry' | 'objects' | 'clock' | 'keys'>;

/** For how long members may read on in a version that has just been replaced. Milliseconds. */
const graceMs = 60 * 60 * 1000;

/**
 * The feed of a dataset for an audience: of its current version or, for a client that reads page after
 * page, of the version that it began with. Throws Fault `not-found`: there is no such dataset for the
 * audience, it has no rows to read (a plan), or the version has gone meanwhile.
 */
export async function openFeed(
  deps: FeedDeps,
  datasetId: string,
  audience: Audience,
  pinned: string | undefined,
): Promise<Feed> {
  const { version } = await manifestOf(deps, datasetId, audience, pinned);
  const index = await readRowIndex(deps.objects, datasetId, version, audience);
  if (index !== undefined) {
    await deps.keys.open();
    const orderOf = orderOfIds(deps.keys, index);
    return { objects: deps.objects, index, model: feedModel(index), orderOf };
  }
  if (pinned !== undefined) throw startAgain();
  throw noSuch('no-feed', {
    fr: 'Ce jeu n’a pas de flux OData: il n’est pas fait de lignes, ou n’a pas été recompilé depuis.',
    en: 'This dataset has no OData feed: it is not made of rows, or has not been compiled again yet.',
  });
}

async function manifestOf(
  deps: FeedDeps,
  datasetId: string,
  audience: Audience,
  pinned: string | undefined,
): Promise<Manifest> {
  const current = await readManifest(deps, datasetId, audience);
  if (pinned === undefined || pinned === current.version) return current;
  const replacedMs = deps.clock().getTime() - Date.parse(current.createdAt);
  const isRecent = current.previous === pinned && replacedMs < graceMs;
  if (audience !== 'coordinator' && !isRecent) throw startAgain();
  try {
    const earlier = await readManifest(deps, datasetId, 'coordinator', pinned);
    if (earlier.audiences[audience] !== undefined) return earlier;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'not-found') throw error;
  }
  throw startAgain();
}

/** 404: what a client was reading, page after page, has gone. */
export function startAgain(): Fault {
  return noSuch('version-gone', {
    fr: 'La version que vous lisiez n’est plus là: recommencez depuis la première page.',
    en: 'The version that you were reading has gone: start again from the first page.',
  });
}
