import { audienceOf } from '../../shared/access/policy.ts';
import type { FeedDeps } from '../../shared/dataset/odata/feed.ts';
import { endpoint, type Answer, type Endpoint } from '../../shared/http/endpoint.ts';
import { requests } from '../../shared/http/requests.ts';
import type { FeedRequest } from './answer-feed.ts';

/** Loaded with the first request to a feed: most functions that start never see one. */
async function answer(deps: FeedDeps, request: FeedRequest): Promise<Answer> {
  const { answerFeed } = await import('./answer-feed.ts');
  return answerFeed(deps, request);
}

/** OData feeds of datasets. */
export function odataHandlers(
  deps: FeedDeps,
): Readonly<Record<'getFeed' | 'getFeedResource', Endpoint>> {
  return {
    getFeed: endpoint(requests.getFeed, ({ path, ...call }, { role }) =>
      answer(deps, { ...call, ...path, resource: '', audience: audienceOf(role) }),
    ),
    getFeedResource: endpoint(requests.getFeedResource, ({ path, ...call }, { role }) =>
      answer(deps, { ...call, ...path, audience: audienceOf(role) }),
    ),
  };
}
