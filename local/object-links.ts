import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../shared/clock.ts';
import { Fault } from '../shared/fault.ts';
import { always, refusal, type DoorResult, type Failure } from '../shared/http/door.ts';
import { attachmentDisposition } from '../shared/objects/content-disposition.ts';
import type { ObjectStore } from '../shared/objects/object-store.ts';
import { linksPath, verifyLink, type LinkGrant } from '../shared/objects/signed-link.ts';
import { announcesTooMuch, ClientGoneError, discardRest, sendResult } from './http-server.ts';

type Upload = Extract<LinkGrant, { action: 'upload' }>;
type Download = Extract<LinkGrant, { action: 'download' }>;

/** Who sends nothing for as long is taken for gone. Milliseconds. */
const silenceMs = 60_000;

/** A page on another host may follow links: they say all that is needed, and no cookie goes along. */
const anyOrigin = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'etag',
} as const;
const allowed: readonly string[] = ['GET', 'HEAD', 'PUT'];
const preflight: DoorResult = {
  statusCode: 204,
  headers: {
    ...anyOrigin,
    'access-control-allow-methods': allowed.join(', '),
    'access-control-allow-headers': 'content-type, x-amz-checksum-sha256',
    'access-control-max-age': '3600',
  },
};

const otherBytes = new Fault('invalid-body', {
  errors: [
    {
      pointer: '',
      code: 'other-bytes',
      message: {
        fr: 'Ce ne sont pas les octets pour lesquels ce lien a été donné : leur nombre ou leur SHA-256 diffère.',
        en: 'These are not the bytes that this link was given for: their number or their SHA-256 differs.',
      },
    },
  ],
});
const deadLink = new Fault('forbidden', {
  errors: [
    {
      pointer: '',
      code: 'dead-link',
      message: {
        fr: 'Ce lien n’est pas valable, ou ne l’est plus : demandez-en un autre.',
        en: 'This link is not valid, or no longer: ask for another one.',
      },
    },
  ],
});

function mediaTypeOf(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').trim().toLowerCase();
}

/** The body of a request, piece by piece; throws a Fault as soon as it cannot be what the link is for. */
async function* checked(request: IncomingMessage, { bytes, sha256 }: Upload) {
  const hash = createHash('sha256');
  let received = 0;
  try {
    // Left open when it is given up: a socket closed now would keep its sender from hearing why.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (!(chunk instanceof Uint8Array)) continue;
      received += chunk.length;
      if (received > bytes) break;
      hash.update(chunk);
      yield chunk;
    }
  } catch {
    throw new ClientGoneError();
  }
  if (received > bytes) throw new Fault('body-too-large', { extra: { most: bytes } });
  if (hash.digest('hex') !== sha256) throw otherBytes;
}

export interface ObjectLinksDeps {
  readonly objects: ObjectStore;
  readonly linkSecret: string;
  readonly clock: Clock;
  readonly report: (failure: Failure) => void;
}

/**
 * What S3 does on AWS with links that are signed: takes exactly the bytes, and gives the object, that a
 * link was made for. Memory does not grow with them, and a body that is cut or wrong leaves nothing.
 */
export class ObjectLinks {
  readonly #deps: ObjectLinksDeps;

  constructor(deps: ObjectLinksDeps) {
    this.#deps = deps;
  }

  /** True for paths of links. */
  takes(path: string): boolean {
    return path.startsWith(`${linksPath}/`);
  }

  /** How many bytes a request may send: what its link says. */
  expectedBytes(request: IncomingMessage): number {
    const grant = this.#grantOf(request);
    return request.method === 'PUT' && grant?.action === 'upload' ? grant.bytes : 0;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    let result: DoorResult;
    try {
      result = await this.#answer(request);
    } catch (error) {
      if (error instanceof ClientGoneError) return;
      const expected = error instanceof Fault && error.code !== 'store-unavailable';
      if (!expected) this.#deps.report({ requestId, operation: 'objects', error });
      const { 'accept-language': acceptLanguage } = request.headers;
      const { headers, ...rest } = refusal(error, { path: linksPath, acceptLanguage, requestId });
      result = { ...rest, headers: { ...headers, ...anyOrigin } };
    }
    if (!request.complete) discardRest(request);
    try {
      await sendResult(response, result);
    } catch (error) {
      response.destroy();
      if (!request.destroyed) this.#deps.report({ requestId, operation: 'objects', error });
    }
  }

  #grantOf({ url = '' }: IncomingMessage): LinkGrant | undefined {
    const mark = url.indexOf('?');
    if (mark === -1) return undefined;
    const key = url.slice(linksPath.length + 1, mark);
    const query = new URLSearchParams(url.slice(mark + 1));
    return verifyLink(this.#deps.linkSecret, key, query, this.#deps.clock());
  }

  async #answer(request: IncomingMessage): Promise<DoorResult> {
    const { method = '' } = request;
    if (method === 'OPTIONS') return preflight;
    if (!allowed.includes(method)) {
      throw new Fault('method-not-allowed', { extra: { allow: [...allowed, 'OPTIONS'] } });
    }
    const grant = this.#grantOf(request);
    if (grant?.action !== (method === 'PUT' ? 'upload' : 'download')) throw deadLink;
    return grant.action === 'upload' ? this.#upload(request, grant) : this.#download(method, grant);
  }

  async #upload(request: IncomingMessage, grant: Upload): Promise<DoorResult> {
    const { key, bytes, sha256, contentType } = grant;
    if (mediaTypeOf(request) !== contentType) {
      throw new Fault('unsupported-media-type', { extra: { mediaTypes: [contentType] } });
    }
    if (announcesTooMuch(request, bytes)) {
      throw new Fault('body-too-large', { extra: { most: bytes } });
    }
    const { 'content-length': length, 'x-amz-checksum-sha256': checksum } = request.headers;
    const told = Buffer.from(sha256, 'hex').toString('base64');
    if (Number(length ?? bytes) !== bytes || (checksum ?? told) !== told) throw otherBytes;
    request.setTimeout(silenceMs, () => request.destroy());
    const { etag } = await this.#deps.objects.put(key, checked(request, grant), { contentType });
    return { statusCode: 200, headers: { ...always, ...anyOrigin, etag: `"${etag}"` } };
  }

  async #download(method: string, { key, fileName }: Download): Promise<DoorResult> {
    const { objects } = this.#deps;
    const info = await objects.info(key);
    const stream = info === undefined || method === 'HEAD' ? undefined : await objects.get(key);
    if (info === undefined || (method === 'GET' && stream === undefined)) {
      throw new Fault('not-found');
    }
    return {
      statusCode: 200,
      headers: {
        ...always,
        ...anyOrigin,
        'content-security-policy': "default-src 'none'; sandbox",
        'content-type': info.contentType,
        'content-length': String(info.bytes),
        'content-disposition': attachmentDisposition(fileName),
        etag: `"${info.etag}"`,
      },
      ...(stream !== undefined && { stream }),
    };
  }
}
