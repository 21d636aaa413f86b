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
  compileEvery: z.coerce.number().int().min(1).max(1440).default(60),
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
  /** Who is told when an alarm goes off: e-mail addresses, parted by commas. */
  alarmEmail: z
    .string()
    .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
    .pipe(z.array(z.email()))
    .default([]),
  /** US dollars a month; whoever is told of alarms is told when the account nears it. 0: no budget. */
  budget: z.coerce.number().min(0).max(1_000_000).default(10),
  /** Minutes between two visits of the canary. 0: it never comes. */
  canaryEvery: z.coerce
    .number()
    .int()
    .max(1440)
    .refine((minutes) => minutes === 0 || minutes >= 5)
    .default(15),
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
  /** CloudFront in front of everything. */
  edge: flag.default(true),
  /** The edge's own host name: `fiche.example.org`. With a certificate for it. */
  domainName: z
    .string()
    .regex(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/)
    .optional(),
  /** CloudFront takes certificates of that region alone. */
  certificateArn: z
    .string()
    .regex(/^arn:aws:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]+$/)
    .optional(),
  /** A stack in us-east-1 with a web ACL for the edge. */
  waf: flag.default(false),
  /** The web ACL that the edge is to use: that stack's, or another. */
  webAclArn: z
    .string()
    .regex(/^arn:aws:wafv2:us-east-1:\d{12}:global\/webacl\/[^/]+\/[0-9a-f-]+$/)
    .optional(),
});
export type Settings = z.infer<typeof Settings>;

const Consistent = Settings.check(({ value, issues }) => {
  const refuse = (path: string, message: string): void => {
    issues.push({ code: 'custom', input: value, path: [path], message });
  };
  if ((value.domainName === undefined) !== (value.certificateArn === undefined)) {
    refuse('domainName', 'A domain and a certificate for it go together.');
  }
  if (value.edge) return;
  for (const name of ['domainName', 'webAclArn'] as const) {
    if (value[name] !== undefined) refuse(name, 'Of no use without the edge.');
  }
});

/** Reads the settings from the context of a construct's tree. Throws ZodError for a wrong one. */
export function settingsOf(node: Node): Settings {
  const given = Object.keys(Settings.shape).map((name) => [
    name,
    node.tryGetContext(name) as unknown,
  ]);
  const settings = Consistent.parse(Object.fromEntries(given));
  const { domainName } = settings;
  // A domain of the edge is where clients find the service.
  return domainName === undefined
    ? settings
    : { ...settings, publicUrl: settings.publicUrl ?? `https://${domainName}` };
}
