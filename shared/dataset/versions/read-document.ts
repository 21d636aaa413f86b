import { text } from 'node:stream/consumers';
import type * as z from 'zod';
import { Fault } from '../../fault.ts';
import type { CompileDeps } from '../deps.ts';
import { openDatasetFile } from './read-datasets.ts';

/**
 * What the coordinator's JSON file of a dataset says that is one document, parsed again. Throws Fault
 * `not-found` before it was first compiled.
 */
export async function readDocument<Schema extends z.ZodType>(
  deps: Pick<CompileDeps, 'registry' | 'objects'>,
  datasetId: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const { key } = await openDatasetFile(deps, datasetId, `${datasetId}.json`, 'coordinator');
  const stored = await deps.objects.get(key);
  if (stored === undefined) throw new Fault('not-found');
  return schema.parse(JSON.parse(await text(stored)));
}
