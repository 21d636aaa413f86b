import * as z from 'zod';
import type { ObjectStore } from '../../shared/objects/object-store.ts';

/** A file of the pages as it came with the function's code. */
export interface PageToPut {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly cacheControl: string;
}

export interface PagesDeps {
  readonly openBucket: (name: string) => Pick<ObjectStore, 'put' | 'list' | 'delete'>;
  readonly pages: () => Promise<readonly PageToPut[]>;
  /** Tells CloudFormation, at the address that it gave, how it went. Rejects if that fails. */
  readonly respond: (url: string, body: string) => Promise<void>;
  readonly report: (error: unknown) => void;
}

/**
 * What CloudFormation asks of a custom resource:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
const Asked = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.object({ bucket: z.string().min(1) }),
});
type Asked = z.infer<typeof Asked>;

/** Pages come after what they refer to: who loads one in between finds all of it. */
function pagesLast(one: PageToPut, other: PageToPut): number {
  const isPage = ({ contentType }: PageToPut) => Number(contentType.startsWith('text/html'));
  return isPage(one) - isPage(other);
}

/** Makes the bucket hold the pages and nothing else; none at all when it is to go. */
async function syncBucket(
  { RequestType, ResourceProperties }: Asked,
  deps: PagesDeps,
): Promise<void> {
  const bucket = deps.openBucket(ResourceProperties.bucket);
  const pages = RequestType === 'Delete' ? [] : await deps.pages();
  for (const { key, bytes, ...headers } of pages.toSorted(pagesLast)) {
    await bucket.put(key, bytes, headers);
  }
  const kept = new Set(pages.map(({ key }) => key));
  for await (const found of bucket.list('')) {
    for (const { key } of found) if (!kept.has(key)) await bucket.delete(key);
  }
}

/**
 * Puts the pages into their bucket when a deployment asks for it. CloudFormation is always answered,
 * with a failure too, or it would wait for the answer. Resolves to whether all went well.
 */
export function pagesHandler(deps: PagesDeps): (event: unknown) => Promise<boolean> {
  return async (event) => {
    const asked = Asked.parse(event);
    const { ResponseURL, StackId, RequestId, LogicalResourceId, ResourceProperties } = asked;
    let done = true;
    try {
      await syncBucket(asked, deps);
    } catch (error) {
      done = false;
      deps.report(error);
    }
    const answer = {
      Status: done ? 'SUCCESS' : 'FAILED',
      Reason: done ? '' : 'See the log of the function.',
      // Another bucket is another resource: the old one is then emptied.
      PhysicalResourceId:
        (asked.RequestType === 'Delete' ? asked.PhysicalResourceId : undefined) ??
        ResourceProperties.bucket,
      StackId,
      RequestId,
      LogicalResourceId,
    };
    await deps.respond(ResponseURL, JSON.stringify(answer));
    return done;
  };
}
