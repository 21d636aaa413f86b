import type { ObjectBody } from './object-store.ts';

/** S3's smallest part: what is shorter is sent in one request. */
const partBytes = 5 * 1024 * 1024;

/**
 * The whole body if it is short enough for one request, which can be sent again after a 409; else
 * `rest`, the whole of it still, as a stream.
 */
export async function startOf(
  body: ObjectBody,
): Promise<{ first: Uint8Array; rest?: AsyncIterable<Uint8Array> }> {
  if (body instanceof Uint8Array) return { first: body };
  const source = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const next = await source.next();
    if (next.done === true) return { first: Buffer.concat(chunks) };
    chunks.push(next.value);
    bytes += next.value.length;
    if (bytes > partBytes) break;
  }
  const rest = async function* (): AsyncGenerator<Uint8Array> {
    let ended = false;
    try {
      for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) yield chunk;
      for (;;) {
        const next = await source.next();
        if (next.done === true) break;
        yield next.value;
      }
      ended = true;
    } finally {
      // An upload that gives up lets the source go too.
      if (!ended) await source.return?.();
    }
  };
  return { first: Buffer.alloc(0), rest: rest() };
}
