import * as z from 'zod';
import type { CompileDeps } from '../../shared/dataset/deps.ts';
import { publish, type PublishReport } from '../../shared/dataset/publish.ts';

const Event = z.object({ dataset: z.string() });

/** Makes the next version of one dataset, if there is anything new to say. */
export function publishHandler(deps: CompileDeps): (event: unknown) => Promise<PublishReport> {
  return (event) => publish(deps, Event.parse(event).dataset);
}
