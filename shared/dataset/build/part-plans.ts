import { text } from 'node:stream/consumers';
import type { CompileDeps } from '../compile-deps.ts';
import { PartPlan } from './part-state.ts';
import { partsPrefix } from './part-writer.ts';

/** Where it is written down how far a version has come that is made in parts. */
function planKey(datasetId: string, version: string): string {
  return `${partsPrefix(datasetId, version)}plan.json`;
}

/** Undefined: no part of the version is done, or nobody can tell. */
export async function readPlan(
  { objects }: Pick<CompileDeps, 'objects'>,
  datasetId: string,
  version: string,
): Promise<PartPlan | undefined> {
  const stored = await objects.get(planKey(datasetId, version));
  if (stored === undefined) return undefined;
  return PartPlan.safeParse(JSON.parse(await text(stored))).data;
}

/** Written once the files of a part are stored: who reads it goes on after that part. */
export async function writePlan(
  { objects }: Pick<CompileDeps, 'objects'>,
  datasetId: string,
  version: string,
  plan: PartPlan,
): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(plan));
  await objects.put(planKey(datasetId, version), bytes, { contentType: 'application/json' });
}

/** Takes away what a version was made from in parts. The plan goes first: nobody goes on with half of it. */
export async function deleteParts(
  { objects }: Pick<CompileDeps, 'objects'>,
  datasetId: string,
  version: string,
): Promise<void> {
  await objects.delete(planKey(datasetId, version));
  for await (const page of objects.list(partsPrefix(datasetId, version))) {
    for (const { key } of page) await objects.delete(key);
  }
}
