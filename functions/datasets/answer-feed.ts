import type { Audience } from '../../shared/form/model.ts';
import { requireAcceptable } from '../../shared/http/accept.ts';
import type { Answer } from '../../shared/http/endpoint.ts';
import type { Language } from '../../shared/text.ts';
import { RowsGoneError } from '../../shared/dataset/versions/read-rows.ts';
import { edmx } from '../../shared/dataset/odata/edmx.ts';
import { pageLimits, type PageLimits } from '../../shared/dataset/odata/read-page.ts';
import {
  findEntity,
  openFeed,
  startAgain,
  type Feed,
  type FeedDeps,
} from '../../shared/dataset/odata/feed.ts';
import { projectionOf } from '../../shared/dataset/odata/projection.ts';
import { readOptions, type QueryOptions } from '../../shared/dataset/odata/query-options.ts';
import { readResource, type Resource } from '../../shared/dataset/odata/resource-path.ts';
import { answerRows } from '../../shared/dataset/odata/answer-rows.ts';
import { madeUp, readSkipToken } from '../../shared/dataset/odata/skip-token.ts';

/** A request to a feed. */
export interface FeedRequest {
  readonly datasetId: string;
  /** What follows the dataset in the address, decoded. */
  readonly resource: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly audience: Audience;
  readonly accept: string | undefined;
  readonly language: Language;
  /** `https://fiche.example.org`. */
  readonly origin: string;
}

const json = 'application/json';
const xml = 'application/xml';
const plain = 'text/plain';

/**
 * Answers a request to a dataset's OData feed. Reads one version's files, never the record store.
 * Throws Faults: `not-found`, `malformed-request`, `not-implemented`, `not-acceptable`.
 */
export async function answerFeed(
  deps: FeedDeps,
  request: FeedRequest,
  limits: PageLimits = pageLimits,
): Promise<Answer> {
  const { datasetId, audience, query } = request;
  const { $skiptoken } = query;
  const token = $skiptoken === undefined ? undefined : readSkipToken($skiptoken);
  const feed = await openFeed(deps, datasetId, audience, token?.v);
  const resource = readResource(request.resource, feed.model);
  const options = readOptions(query, resource);
  if (query['$format'] === undefined) requireAcceptable(request.accept, mediaTypesOf(resource));
  const root = `${request.origin}/v1/odata/${datasetId}/`;
  try {
    switch (resource.kind) {
      case 'service':
        return answer(json, serviceDocument(feed, root));
      case 'metadata':
        return answer(xml, edmx(feed.model, { language: request.language, wkt: options.wkt }));
      case 'entity':
        return answer(json, await entity(feed, resource, options, root));
      case 'rows': {
        const now = deps.clock();
        const text = await answerRows(feed, resource, { options, token, root, limits, now });
        return answer(resource.count ? plain : json, text);
      }
    }
  } catch (error) {
    if (error instanceof RowsGoneError) throw startAgain();
    // A token that was made up begins in the middle of a line.
    if (error instanceof SyntaxError && token !== undefined) throw madeUp();
    throw error;
  }
}

function mediaTypesOf(resource: Resource): readonly string[] {
  if (resource.kind === 'metadata') return [xml];
  return resource.kind === 'rows' && resource.count ? [plain, json] : [json];
}

const contentTypes = {
  [json]: `${json};odata.metadata=minimal;charset=utf-8`,
  [xml]: `${xml};charset=utf-8`,
  [plain]: `${plain};charset=utf-8`,
} as const;

function answer(mediaType: keyof typeof contentTypes, text: string): Answer {
  return {
    status: 200,
    text,
    headers: { 'content-type': contentTypes[mediaType], 'odata-version': '4.0' },
  };
}

function serviceDocument({ model }: Feed, root: string): string {
  return JSON.stringify({
    '@odata.context': `${root}$metadata`,
    value: model.sets.map(({ name }) => ({ name, kind: 'EntitySet', url: name })),
  });
}

async function entity(
  feed: Feed,
  { set, key }: Extract<Resource, { kind: 'entity' }>,
  options: QueryOptions,
  root: string,
): Promise<string> {
  const projection = projectionOf(feed.model, set, options);
  const found = await findEntity(feed, set, key);
  const context = JSON.stringify(`${root}$metadata#${set.name}${projection.context}/$entity`);
  const members = projection.write(found.entity).slice(1);
  return `{"@odata.context":${context}${members === '}' ? '' : ','}${members}`;
}
