import type { Emulator } from './emulator.ts';

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request to a service of the emulator, for which no client is installed. Throws unless it is answered with 2xx. */
async function ask(emulator: Emulator, service: string, asked: Asked): Promise<string> {
  const { method = 'POST', path = '/', headers = {}, body = null } = asked;
  // It reads in the signature which service is meant, and checks no signature.
  const scope = `test/20260101/${emulator.environment['AWS_REGION'] ?? ''}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const url = new URL(path, emulator.url);
  const response = await fetch(url, { method, headers: { ...headers, authorization }, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${service} ${method} ${path}: ${response.status} ${text}`);
  return text;
}

/** In AWS's JSON protocols: `target` as X-Amz-Target has it. */
export async function askJson(
  emulator: Emulator,
  service: string,
  target: string,
  input: object = {},
): Promise<unknown> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
  const body = JSON.stringify(input);
  return JSON.parse(await ask(emulator, service, { headers, body })) as unknown;
}

/** In AWS's query protocol, which answers in XML. */
export function askQuery(
  emulator: Emulator,
  service: string,
  input: Readonly<Record<string, string>>,
): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return ask(emulator, service, { headers, body: new URLSearchParams(input).toString() });
}

/** Of services that are resources. */
export function askPath(emulator: Emulator, service: string, path: string): Promise<string> {
  return ask(emulator, service, { method: 'GET', path });
}
