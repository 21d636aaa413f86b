import * as z from 'zod';
import { openFront } from './deployment.ts';
import type { DeployedService } from './deployed-service.ts';

/** It reads in a signature which service is meant, and checks no signature. */
const signedFor = (service: string, region: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=none`,
});

const Policy = z.object({ Statement: z.array(z.looseObject({ Effect: z.string() })) });

/**
 * Opens the distribution of a deployment to clients of tests. Three things the emulator cannot do, so
 * that much is changed first, through AWS's own APIs: it dials no name of AWS, so the distribution asks
 * the API at `service.url`; it knows no groups of origins, so of each only the first is asked; and to S3
 * every request is one without TLS, so what the buckets' policies deny is left out of them.
 */
export async function openEdge(service: DeployedService, address: string) {
  const { emulator } = service;
  const region = emulator.environment['AWS_REGION'] ?? '';
  const headers = signedFor('cloudfront', 'us-east-1');
  const base = `${emulator.url}/2020-05-31/distribution`;
  const list = await (await fetch(base, { headers })).text();
  const place = `${base}/${firstOf(list, /<Id>([^<]+)<\/Id>/)}/config`;
  const found = await fetch(place, { headers });
  const config = await found.text();
  await send(
    place,
    { ...headers, 'if-match': found.headers.get('etag') ?? '' },
    withoutGroups(withApiAt(service.url, config)),
  );
  for (const [, bucket = ''] of config.matchAll(/<DomainName>([^<]+)\.s3\.[^<]*</g)) {
    const policy = `${emulator.url}/${bucket}?policy`;
    const { Statement, ...rest } = Policy.loose().parse(await (await fetch(policy)).json());
    const allowed = Statement.filter(({ Effect }) => Effect === 'Allow');
    await send(policy, signedFor('s3', region), JSON.stringify({ ...rest, Statement: allowed }));
  }
  return openFront(emulator, address);
}

async function send(url: string, headers: Record<string, string>, body: string): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', headers, body });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}

function firstOf(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new TypeError(`No ${String(pattern)} in ${text.slice(0, 500)}`);
  return found;
}

function withApiAt(url: string, config: string): string {
  const { hostname, port } = new URL(url);
  return config
    .replace(/<DomainName>[^<]*\.execute-api\.[^<]*</, `<DomainName>${hostname}<`)
    .replace(
      '<OriginProtocolPolicy>https-only<',
      `<HTTPPort>${port}</HTTPPort><OriginProtocolPolicy>http-only<`,
    );
}

function withoutGroups(config: string): string {
  const groups = config.matchAll(
    /<OriginGroup><Id>([^<]+)<.*?<OriginId>([^<]+)<.*?<\/OriginGroup>/g,
  );
  return [...groups].reduce(
    (text, [, group = '', first = '']) =>
      text.replaceAll(`<TargetOriginId>${group}<`, `<TargetOriginId>${first}<`),
    config,
  );
}
