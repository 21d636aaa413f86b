/**
 * What CloudFront itself does with a request or an answer, in its own JavaScript:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */

import { publicCors, publicPreflight } from '../../shared/public-headers.ts';

/** Headers as CloudFront's events have them. */
function asEventHeaders(headers: Readonly<Record<string, string>>): string {
  const entries = Object.entries(headers).map(([name, value]) => [name, { value }]);
  return JSON.stringify(Object.fromEntries(entries));
}

/**
 * On a request for the API: says which host the client named, for the API is asked under a name of its
 * own. Always written anew, so nobody who comes this way can choose it.
 */
export const sayHost = `function handler(event) {
  const request = event.request;
  request.headers['x-forwarded-host'] = { value: request.headers.host.value };
  return request;
}
`;

/** On a request for a public file: answers preflights, which S3 refuses, and finds \`/embed.js\`. */
export const findPublicFile = `const preflight = ${asEventHeaders(publicPreflight)};
function handler(event) {
  const request = event.request;
  if (request.method === 'OPTIONS') {
    return { statusCode: 204, statusDescription: 'No Content', headers: preflight };
  }
  if (request.uri === '/embed.js') request.uri = '/public/embed.js';
  return request;
}
`;

/**
 * On the answer with a public file. The policy of the headers writes these only for a request that
 * names its origin; a browser that kept an answer without them would refuse it to a page later.
 */
export const letAnyoneRead = `const cors = ${asEventHeaders(publicCors)};
function handler(event) {
  Object.assign(event.response.headers, cors);
  return event.response;
}
`;
