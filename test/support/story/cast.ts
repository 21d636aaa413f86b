import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import type { Client } from '../client.ts';

/** Who acts in the story. */
export interface Cast {
  readonly coordinator: Client;
  /** Of the organisation that does what is told of. */
  readonly member: Client;
  /** Of another organisation. */
  readonly other: Client;
  /** Who has no token. */
  readonly anyone: Client;
  /** How the service calls itself in links. */
  readonly address: string;
}

/** Whoever the form is for: the plan is the coordinator's to write. */
export function author({ coordinator, member }: Cast, formId: string): Client {
  return formId === 'plan-activity' ? coordinator : member;
}

export async function revisionOf(
  client: Client,
  formId: string,
  instanceId: string,
): Promise<number> {
  const answer = await client.get(`/v1/forms/${formId}/submissions/${instanceId}`);
  return Number(/"(\d+)"/.exec(answer.headers.get('etag') ?? '')?.[1]);
}

/** The rows of a dataset as that person may see them. */
export async function csvOf(client: Client, datasetId: string): Promise<Record<string, string>[]> {
  const answer = await client.get(`/v1/datasets/${datasetId}/files/${datasetId}.csv`);
  expect(answer.status).toBe(200);
  return parse(answer.text, { bom: true, columns: true });
}
