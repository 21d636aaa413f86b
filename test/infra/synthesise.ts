import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { addStacks } from '../../infra/stacks.ts';

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });
const cdkJson = CdkJson.parse(
  JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')),
);

const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
});
export type Resource = z.infer<typeof Resource>;
const Resources = z.object({ Resources: z.record(z.string(), Resource) });

export interface Synthesised {
  readonly app: App;
  readonly data: Template;
  readonly service: Template;
}

/** Both stacks, without bundling: the code of functions is a word. */
export function synthesise(context: Readonly<Record<string, unknown>> = {}): Synthesised {
  const app = new App({ context: { ...cdkJson.context, ...context }, analyticsReporting: false });
  const { data, service } = addStacks(app, () => Code.fromInline('code'));
  return { app, data: Template.fromStack(data), service: Template.fromStack(service) };
}

/** The resources of a template by logical id, all or of one type. */
export function resourcesOf(template: Template, type?: string): ReadonlyMap<string, Resource> {
  const all = Object.entries(Resources.parse(template.toJSON()).Resources);
  return new Map(all.filter(([, resource]) => type === undefined || resource.Type === type));
}
