import type { Node } from 'constructs';
import * as z from 'zod';
import { readPublicUrl } from '../shared/config.ts';

const flag = z.union([z.boolean(), z.stringbool()]);

/** What `cdk deploy -c <name>=<value>` can change; docs/deploy.md lists it. */
const Settings = z.object({
  /** Prefix of the stacks' names: several deployments can stand side by side in one account. */
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,40}$/)
    .default('fiche'),
  /** Minutes between compiles. */
  compileEvery: z.coerce.number().int().min(5).max(1440).default(60),
  /** Shards that are collected at the same time, each by an invocation. */
  shardConcurrency: z.coerce.number().int().min(1).max(256).default(8),
  /** A distributed map over shards; false for emulators that have none. */
  distributedMap: flag.default(true),
  /** How many newest versions of a dataset are kept. */
  keepVersions: z.coerce.number().int().min(0).max(10_000).optional(),
  /** Of how many days the last version is kept. */
  keepDays: z.coerce.number().int().min(0).max(3_650).optional(),
  /** X-Ray tracing of functions and of the state machine. */
  tracing: flag.default(false),
  /** Reserved concurrency of each function that answers HTTP; absent: what the account has left. */
  doorConcurrency: z.coerce.number().int().min(1).max(1000).optional(),
  /** Where clients find the service, if not at the API's own address: `https://fiche.example.org`. */
  publicUrl: z
    .string()
    .transform((text, context) => {
      const url = readPublicUrl(text);
      if (url !== undefined) return url;
      context.addIssue('An address such as https://fiche.example.org.');
      return z.NEVER;
    })
    .optional(),
});
export type Settings = z.infer<typeof Settings>;

/** Reads the settings from the context of a construct's tree. Throws ZodError for a wrong one. */
export function settingsOf(node: Node): Settings {
  const given = Object.keys(Settings.shape).map((name) => [
    name,
    node.tryGetContext(name) as unknown,
  ]);
  return Settings.parse(Object.fromEntries(given));
}
