import * as z from 'zod';
import type { JsonObject, JsonValue } from '../../shared/json.ts';

/** An answer as a client saw it. `body` is parsed JSON, or the text of anything else. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

interface RequestOptions {
  readonly body?: JsonValue;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Speaks to a Fiche server as a program of a member or of the coordinator would: over HTTP alone. */
export class Client {
  readonly url: string;
  readonly token: string | undefined;

  constructor(url: string, token?: string) {
    this.url = url;
    this.token = token;
  }

  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const headers = new Headers(options.headers);
    if (this.token !== undefined) headers.set('authorization', `Bearer ${this.token}`);
    const init: RequestInit = { method, headers, redirect: 'manual' };
    if (options.raw !== undefined) init.body = options.raw as NonNullable<RequestInit['body']>;
    else if (options.body !== undefined) init.body = JSON.stringify(options.body);
    if (init.body !== undefined && !headers.has('content-type')) {
      headers.set('content-type', 'application/json');
    }
    const response = await follow(await fetch(new URL(path, this.url), init));
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    const body: unknown = isJson && text !== '' ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, text, body };
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.request('GET', path, { headers });
  }

  /** The bytes of a file. */
  async download(path: string): Promise<{ status: number; headers: Headers; bytes: Buffer }> {
    const headers = { authorization: `Bearer ${this.token ?? ''}` };
    const response = await fetch(new URL(path, this.url), { headers });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes };
  }

  post(
    path: string,
    body?: JsonValue,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.request('POST', path, body === undefined ? { headers } : { body, headers });
  }

  put(
    path: string,
    body: JsonValue,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.request('PUT', path, { body, headers });
  }

  submit(formId: string, instanceId: string, answers: JsonObject): Promise<Answer> {
    return this.post(`/v1/forms/${formId}/submissions`, { instanceId, answers });
  }

  review(
    formId: string,
    instanceId: string,
    revision: number,
    decision: 'accept' | 'needs-changes' | 'reject',
    note?: string,
  ): Promise<Answer> {
    return this.post(
      `/v1/forms/${formId}/submissions/${instanceId}/review`,
      note === undefined ? { decision } : { decision, note },
      { 'if-match': `"${revision}"` },
    );
  }

  /** Everything in a list, page after page. */
  async all(path: string): Promise<JsonObject[]> {
    const items: JsonObject[] = [];
    let cursor: string | null = null;
    do {
      const separator = path.includes('?') ? '&' : '?';
      const page: string =
        cursor === null ? path : `${path}${separator}cursor=${encodeURIComponent(cursor)}`;
      const answer = await this.get(page);
      const list = ListPage.parse(answer.body);
      items.push(...list.items);
      cursor = list.next;
    } while (cursor !== null);
    return items;
  }

  /** Compiles and waits for the end, asking as a client would. */
  async compile(): Promise<Run> {
    const started = await this.post('/v1/compile');
    const { runId } = z.object({ runId: z.string() }).parse(started.body);
    for (;;) {
      const run = Run.parse((await this.get(`/v1/compile/${runId}`)).body);
      if (run.state !== 'running') return run;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Files are handed out by links to where they lie, on AWS: what the link gives is the answer. */
async function follow(response: Response): Promise<Response> {
  const location = response.headers.get('location');
  return response.status === 302 && location !== null ? fetch(location) : response;
}

const ListPage = z.object({
  items: z.array(z.custom<JsonObject>()),
  next: z.string().nullable(),
});

const Run = z.object({
  runId: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  datasets: z.array(
    z.object({
      dataset: z.string(),
      version: z.string().nullable(),
      rows: z.int(),
      changed: z.boolean(),
    }),
  ),
});
export type Run = z.infer<typeof Run>;

/** A member organisation with a token of its own, as the coordinator makes one. */
export async function joinNetwork(
  coordinator: Client,
  id: string,
  name: string,
): Promise<{ client: Client; tokenId: string }> {
  await coordinator.post('/v1/organisations', { id, name, state: 'active' });
  const made = await coordinator.post(`/v1/organisations/${id}/tokens`, {
    role: 'member',
    name: 'e2e',
  });
  const { token, tokenId } = z.object({ token: z.string(), tokenId: z.string() }).parse(made.body);
  return { client: new Client(coordinator.url, token), tokenId };
}
