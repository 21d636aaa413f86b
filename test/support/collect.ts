import { createHash, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { childText, readXml } from './read-xml.ts';

/** A file that goes with a submission, by the name that the XML gives it. */
export interface SentFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface ListedForm {
  readonly formID: string;
  readonly name: string;
  readonly version: string;
  readonly hash: string;
  readonly downloadUrl: string;
  readonly manifestUrl: string | undefined;
}

export interface ListedFile {
  readonly filename: string;
  readonly hash: string;
  readonly downloadUrl: string;
}

/** What Collect makes of an answer to a submission. */
export interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Post {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const openRosa = { 'x-openrosa-version': '1.0', 'accept-language': 'fr-SN,fr;q=0.9' } as const;

export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');
export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Speaks to a Fiche server as ODK Collect does, from the address in its settings on. */
export class Collect {
  readonly base: string;
  /** What the service calls itself in links: elsewhere than where it is reached, in front of an emulator. */
  readonly #address: string;

  constructor(url: string, token: string, address = url) {
    this.base = `${url}/v1/key/${token}`;
    this.#address = address;
  }

  /** Fetches what a link of the service leads to; throws if it leads anywhere else. */
  async follow(link: string): Promise<{ status: number; headers: Headers; bytes: Buffer }> {
    const { origin, pathname, search } = new URL(link);
    if (origin !== new URL(this.#address).origin)
      throw new Error(`Not of ${this.#address}: ${link}`);
    return this.fetch(new URL(pathname + search, this.base).href);
  }

  async fetch(url: string): Promise<{ status: number; headers: Headers; bytes: Buffer }> {
    const response = await fetch(url, { headers: { ...openRosa, date: new Date().toUTCString() } });
    return {
      status: response.status,
      headers: response.headers,
      bytes: Buffer.from(await response.arrayBuffer()),
    };
  }

  async formList(query = ''): Promise<ListedForm[]> {
    const { status, bytes } = await this.fetch(`${this.base}/formList${query}`);
    if (status !== 200) throw new Error(`formList: ${status} ${bytes.toString()}`);
    const root = readXml(bytes.toString());
    if (root.name !== 'xforms' || root.uri !== 'http://openrosa.org/xforms/xformsList') {
      throw new Error(`formList: ${root.uri} ${root.name}`);
    }
    return root.children.map((form) => ({
      formID: childText(form, 'formID') ?? '',
      name: childText(form, 'name') ?? '',
      version: childText(form, 'version') ?? '',
      hash: childText(form, 'hash') ?? '',
      downloadUrl: childText(form, 'downloadUrl') ?? '',
      manifestUrl: childText(form, 'manifestUrl'),
    }));
  }

  async manifest(url: string): Promise<ListedFile[]> {
    const { status, bytes } = await this.follow(url);
    if (status !== 200) throw new Error(`manifest: ${status} ${bytes.toString()}`);
    const root = readXml(bytes.toString());
    if (root.name !== 'manifest' || root.uri !== 'http://openrosa.org/xforms/xformsManifest') {
      throw new Error(`manifest: ${root.uri} ${root.name}`);
    }
    return root.children.map((file) => ({
      filename: childText(file, 'filename') ?? '',
      hash: childText(file, 'hash') ?? '',
      downloadUrl: childText(file, 'downloadUrl') ?? '',
    }));
  }

  async head(): Promise<{ status: number; headers: Headers; body: string }> {
    const url = `${this.base}/submission?deviceID=collect%3Atest`;
    const response = await fetch(url, { method: 'HEAD', headers: openRosa });
    return { status: response.status, headers: response.headers, body: await response.text() };
  }

  /** One request: the XML, some of its files, and whether more follow. */
  async send(xml: string, files: readonly SentFile[] = [], incomplete = false): Promise<Sent> {
    const { body, headers } = multipart(xml, files, incomplete);
    const response = await fetch(`${this.base}/submission?deviceID=collect%3Atest`, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /**
   * The same over a line that breaks: after `bytes` bytes of the body, or, if that is all of it,
   * before the answer is read.
   */
  sendOverBrokenLine(xml: string, files: readonly SentFile[], share: number): Promise<void> {
    const { body, headers } = multipart(xml, files, false);
    const { hostname, port, pathname } = new URL(`${this.base}/submission`);
    const lines = Object.entries({ ...headers, host: hostname, 'content-length': body.length });
    const head = `POST ${pathname} HTTP/1.1\r\n${lines
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`;
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(head);
        const part = body.subarray(0, Math.floor(body.length * share));
        socket.write(part, () => socket.destroy());
      });
      socket.once('close', () => resolve());
      socket.once('error', reject);
    });
  }
}

/** A body as OkHttp writes it, which Collect sends with. */
export function multipart(
  xml: string | Uint8Array,
  files: readonly SentFile[],
  incomplete: boolean,
  boundary: string = randomUUID(),
): Post {
  const part = (
    name: string,
    fileName: string | undefined,
    type: string,
    bytes: Buffer,
  ): Buffer[] => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`;
    return [
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n` +
          `Content-Type: ${type}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
      ),
      bytes,
      Buffer.from('\r\n'),
    ];
  };
  const content =
    typeof xml === 'string'
      ? Buffer.from(xml)
      : Buffer.from(xml.buffer, xml.byteOffset, xml.length);
  const body = Buffer.concat([
    ...part('xml_submission_file', 'submission.xml', 'text/xml; charset=utf-8', content),
    ...files.flatMap(({ name, type, bytes }) => part(name, name, type, bytes)),
    ...(incomplete
      ? part('*isIncomplete*', undefined, 'text/plain; charset=utf-8', Buffer.from('yes'))
      : []),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  return {
    body,
    headers: {
      ...openRosa,
      date: new Date().toUTCString(),
      'content-type': `multipart/form-data; boundary=${boundary}`,
    },
  };
}

/** The message of an OpenRosa answer; throws if it is none. */
export function messageOf({ headers, text }: Sent): { nature: string; message: string } {
  if (!(headers.get('content-type') ?? '').startsWith('text/xml')) throw new Error(text);
  const root = readXml(text);
  const [message] = root.children;
  if (root.uri !== 'http://openrosa.org/http/response' || message?.name !== 'message') {
    throw new Error(text);
  }
  return { nature: message.attributes.get('nature') ?? '', message: message.text };
}
