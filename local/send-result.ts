import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { DoorResult } from '../shared/http/door.ts';

/** Sends what a door answers. Rejects when a stream breaks off, or the client does. */
export async function sendResult(response: ServerResponse, result: DoorResult): Promise<void> {
  const { statusCode = 200, headers = {}, body, stream } = result;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  response.statusCode = statusCode;
  if (stream !== undefined) {
    await pipeline(stream, response);
    return;
  }
  if (body === undefined) {
    response.end();
    return;
  }
  const bytes = Buffer.from(body, result.isBase64Encoded === true ? 'base64' : 'utf8');
  response.setHeader('content-length', bytes.length);
  response.end(bytes);
}
