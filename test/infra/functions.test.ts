import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { functionNames, type FunctionName } from '../../infra/functions.ts';
import { longestWriteMs } from '../../shared/clock.ts';
import { env } from '../../shared/config.ts';
import { doors } from '../../shared/http/operations/operation.ts';
import { resourcesOf, synthesise } from './synthesise.ts';

const { service } = synthesise();

const FunctionProperties = z.object({
  Description: z.string(),
  Runtime: z.string(),
  Architectures: z.array(z.string()),
  Handler: z.string(),
  Timeout: z.number(),
  LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  TracingConfig: z.object({ Mode: z.string() }).optional(),
  ReservedConcurrentExecutions: z.number().optional(),
});

function functionsOf(template: Template): ReadonlyMap<string, z.infer<typeof FunctionProperties>> {
  return new Map(
    [...resourcesOf(template, 'AWS::Lambda::Function').values()].map(({ Properties }) => {
      const parsed = FunctionProperties.parse(Properties);
      return [parsed.Description.replace('Fiche: ', ''), parsed];
    }),
  );
}

/** Those that make ids with the installation's secret, or look for one. */
const readKeys: readonly string[] = [
  'submissions',
  'openrosa',
  'datasets',
  'collect',
  'publish',
  'verify',
];

const functions = functionsOf(service);
const named = (name: FunctionName): z.infer<typeof FunctionProperties> =>
  FunctionProperties.parse({ ...functions.get(name) });

describe('every function', () => {
  it('is one of ours: no helper of CDK runs beside them', () => {
    expect([...functions.keys()].sort()).toEqual([...functionNames].sort());
  });

  it.each(functionNames)('runs on Node.js 24 on arm64: %s', (name) => {
    expect(named(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
  });

  it.each(functionNames)(
    'knows the names that it reads, and where its source maps are: %s',
    (name) => {
      const { Variables } = named(name).Environment;
      expect(Object.keys(Variables).sort()).toEqual(
        [
          'NODE_OPTIONS',
          env.submissionsTable,
          env.registryTable,
          env.objectsBucket,
          ...(name === 'datasets' ? [env.compileStateMachine] : []),
          ...(name === 'canary' ? [env.publicUrl] : []),
          ...(readKeys.includes(name) ? [env.keysParameter] : []),
        ].sort(),
      );
      expect(Variables['NODE_OPTIONS']).toBe('--enable-source-maps');
    },
  );

  it.each(functionNames)('writes to a log group of its own: %s', (name) => {
    const own = named(name).LoggingConfig.LogGroup.Ref;
    expect(resourcesOf(service, 'AWS::Logs::LogGroup').has(own)).toBe(true);
    const others = [...functions.values()].filter(
      ({ LoggingConfig }) => LoggingConfig.LogGroup.Ref === own,
    );
    expect(others).toHaveLength(1);
  });

  it.each([...resourcesOf(service, 'AWS::Logs::LogGroup')])(
    'forgets what it logged after a month: %s',
    (_, { Properties }) => {
      expect(Properties).toMatchObject({ RetentionInDays: 30 });
    },
  );

  it.each(doors)(
    'answers before the HTTP API gives up, and writes no longer than agreed: %s',
    (door) => {
      const { Timeout } = named(door);
      expect(Timeout).toBeLessThan(29);
      expect(Timeout * 1000).toBeLessThan(longestWriteMs);
    },
  );
});

describe('the settings of a deployment', () => {
  it('trace nothing and reserve nothing unless asked', () => {
    for (const { TracingConfig, ReservedConcurrentExecutions } of functions.values()) {
      expect(TracingConfig).toBeUndefined();
      expect(ReservedConcurrentExecutions).toBeUndefined();
    }
  });

  it('turn tracing on everywhere', () => {
    const traced = functionsOf(synthesise({ tracing: 'true' }).service);
    for (const { TracingConfig } of traced.values()) {
      expect(TracingConfig).toEqual({ Mode: 'Active' });
    }
  });

  it('let every deployment of an account count for itself', () => {
    const other = functionsOf(synthesise({ name: 'essai' }).service);
    for (const { Environment } of other.values()) {
      expect(Environment.Variables[env.metricsNamespace]).toBe('Fiche/essai');
    }
  });

  it('reserve concurrency for the doors', () => {
    const reserved = functionsOf(synthesise({ doorConcurrency: '20' }).service);
    for (const name of functionNames) {
      const wanted = (doors as readonly string[]).includes(name) ? 20 : undefined;
      expect(reserved.get(name)?.ReservedConcurrentExecutions).toBe(wanted);
    }
  });

  it('tell the doors and the canary, and nobody else, where clients find the service', () => {
    const told = functionsOf(synthesise({ publicUrl: 'https://fiche.example.org/' }).service);
    for (const [name, { Environment }] of told) {
      const wanted = [...doors, 'canary'].includes(name) ? 'https://fiche.example.org' : undefined;
      expect(Environment.Variables[env.publicUrl], name).toBe(wanted);
    }
  });

  it.each([
    { publicUrl: 'fiche.example.org' },
    { publicUrl: 'https://x?y' },
    { compileEvery: '0' },
    { compileEvery: 'often' },
    { tracing: 'perhaps' },
    { name: 'with space' },
    { doorConcurrency: '0' },
    { alarmEmail: 'ops' },
    { alarmEmail: 'ops@example.org, ops' },
    { budget: '-1' },
    { canaryEvery: '1' },
    { canaryEvery: '2000' },
  ])('that make no sense are refused: %j', (context) => {
    expect(() => synthesise(context)).toThrow(z.ZodError);
  });
});
