import * as z from 'zod';
import type { CompileDeps } from '../../shared/dataset/compile-deps.ts';
import { publishPart, type PublishReport } from '../../shared/dataset/publish/publish.ts';

/** `more`: what the invocation before has given. */
const Event = z.object({
  dataset: z.string(),
  more: z.object({ version: z.string() }).optional(),
});

/** Makes the next version of one dataset, if there is anything new to say, or a part of it. */
export function publishHandler(deps: CompileDeps): (event: unknown) => Promise<PublishReport> {
  return (event) => {
    const { dataset, more } = Event.parse(event);
    return publishPart(deps, dataset, more === undefined ? {} : { more });
  };
}
