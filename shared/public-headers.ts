/** What goes with every answer about public files, whoever sends it: a server, or CloudFront for S3. */

const staleIfErrorSeconds = 604_800;

/** How long what is public may be kept, and served while what is behind it is down. */
export const publicCacheControl = `public, max-age=60, stale-while-revalidate=86400, stale-if-error=${staleIfErrorSeconds}`;

/** For how long a cache has use of a public file at all, in seconds. */
export const publicUsefulSeconds = 60 + staleIfErrorSeconds;

export const publicMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** On every answer about public files, errors too: any site's page may read them. */
export const publicCors = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'ETag, Content-Length, Retry-After',
} as const;

/** All of an answer to OPTIONS: a preflight of whatever headers, kept for a day. */
export const publicPreflight = {
  ...publicCors,
  'access-control-allow-methods': publicMethods.join(', '),
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
  allow: publicMethods.join(', '),
  'cache-control': 'no-store',
} as const;
