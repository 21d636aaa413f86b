import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import * as z from 'zod';
import { addStacks } from '../../infra/stacks.ts';

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });
/** What cdk.json tells every synthesis. */
export const cdkContext = CdkJson.parse(
  JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')),
).context;

const folder = mkdtempSync(join(tmpdir(), 'fiche-infra-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A folder for what CDK writes; gone when the test file is done. */
export function newFolder(): string {
  return mkdtempSync(join(folder, 'out-'));
}

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
  /** Undefined: left out. */
  readonly edge: Template | undefined;
  readonly firewall: Template | undefined;
}

/** The stacks, without bundling: the code of functions is a word. */
export function synthesise(context: Readonly<Record<string, unknown>> = {}): Synthesised {
  const app = new App({
    context: { ...cdkContext, ...context },
    analyticsReporting: false,
    outdir: newFolder(),
  });
  const { data, service, edge, firewall } = addStacks(app, () => Code.fromInline('code'));
  return {
    app,
    data: Template.fromStack(data),
    service: Template.fromStack(service),
    edge: edge && Template.fromStack(edge),
    firewall: firewall && Template.fromStack(firewall),
  };
}

/** The resources of a template by logical id, all or of one type. */
export function resourcesOf(template: Template, type?: string): ReadonlyMap<string, Resource> {
  const all = Object.entries(Resources.parse(template.toJSON()).Resources);
  return new Map(all.filter(([, resource]) => type === undefined || resource.Type === type));
}

const Join = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });
const Attribute = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) });
const Reference = z.object({ Ref: z.string() });
const Imported = z.object({ 'Fn::ImportValue': z.string() });

/**
 * The text of a template's value, with references as readable names: `{submissionsFunction…}`, and
 * what comes from the data stack by its own id: `{SubmissionsTable}`.
 */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = Join.safeParse(value);
  if (join.success) return join.data['Fn::Join'][1].map(textOf).join('');
  const attribute = Attribute.safeParse(value);
  if (attribute.success) return `{${attribute.data['Fn::GetAtt'][0]}}`;
  const reference = Reference.safeParse(value);
  if (reference.success) return `{${reference.data.Ref}}`;
  const name = /:ExportsOutput(?:FnGetAtt|Ref)([A-Za-z]+?)(?:Arn)?[0-9A-F]{8}$/.exec(
    Imported.parse(value)['Fn::ImportValue'],
  );
  return `{${name?.[1] ?? ''}}`;
}
