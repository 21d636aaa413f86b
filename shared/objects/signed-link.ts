import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

/** What a link of a DiskObjectStore allows its bearer to do, once verified. */
export type LinkGrant =
  | { readonly action: 'download'; readonly key: string; readonly fileName: string }
  | {
      readonly action: 'upload';
      readonly key: string;
      readonly bytes: number;
      readonly sha256: string;
      readonly contentType: string;
    };

/** Where the server of one machine takes links, from its own address on. */
export const linksPath = '/objects';

/**
 * Where links lead and what signs them. `base` has no slash at its end: `http://localhost:3000/objects`,
 * or a path alone (linksPath), where whoever hands out the link puts its own address before it.
 */
export interface LinkSigner {
  readonly base: string;
  readonly secret: string;
}

const Download = z.strictObject({
  action: z.literal('download'),
  fileName: z.string(),
  expires: z.string().regex(/^\d{1,15}$/),
});
const Upload = z.strictObject({
  action: z.literal('upload'),
  bytes: z.string().regex(/^\d{1,15}$/),
  sha256: z.string(),
  contentType: z.string(),
  expires: z.string().regex(/^\d{1,15}$/),
});

function sign(secret: string, key: string, parameters: Readonly<Record<string, string>>): Buffer {
  const signed = JSON.stringify([key, Object.entries(parameters).sort(byName)]);
  return createHmac('sha256', secret).update(signed).digest();
}

const byName = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : 1);

/** A link as clients can follow it: one that is a path alone begins where the client found the service. */
export function absoluteLink(link: string, origin: string): string {
  return link.startsWith('/') ? origin + link : link;
}

/** A link that holds until `expires` (ms since 1970) and for nothing but `grant`. */
export function signLink(signer: LinkSigner, grant: LinkGrant, expires: number): string {
  const { key, ...rest } = grant;
  const parameters = Object.fromEntries(
    Object.entries({ ...rest, expires }).map(([name, value]) => [name, String(value)]),
  );
  const query = new URLSearchParams(parameters);
  query.set('signature', sign(signer.secret, key, parameters).toString('hex'));
  return `${signer.base}/${key}?${query.toString()}`;
}

/** What the link to `key` with that query allows at `now`; undefined: nothing (forged, changed, expired). */
export function verifyLink(
  secret: string,
  key: string,
  query: URLSearchParams,
  now: Date,
): LinkGrant | undefined {
  const { signature = '', ...parameters } = Object.fromEntries(query);
  const given = Buffer.from(signature, 'hex');
  const expected = sign(secret, key, parameters);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const parsed = z.discriminatedUnion('action', [Download, Upload]).safeParse(parameters);
  if (!parsed.success || Number(parsed.data.expires) <= now.getTime()) return undefined;
  const { data } = parsed;
  return data.action === 'download'
    ? { action: data.action, key, fileName: data.fileName }
    : {
        action: data.action,
        key,
        bytes: Number(data.bytes),
        sha256: data.sha256,
        contentType: data.contentType,
      };
}
