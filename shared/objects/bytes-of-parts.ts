import { MissingPart } from './missing-part.ts';
import type { ObjectStore } from './object-store.ts';

/** The bytes of objects, one after the other. Throws MissingPart where one is not there. */
export async function* bytesOfParts(
  store: Pick<ObjectStore, 'get'>,
  parts: readonly string[],
): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    const body = await store.get(part);
    if (body === undefined) throw new MissingPart(`${part} is not there.`);
    yield* body;
  }
}
