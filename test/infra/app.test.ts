import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { addStacks } from '../../infra/stacks.ts';
import { cdkContext, newFolder, resourcesOf, synthesise } from './synthesise.ts';

describe('the app', () => {
  it('gives the same templates when it is synthesised again', () => {
    const [one, other] = [synthesise(), synthesise()];
    expect(JSON.stringify(other.data)).toBe(JSON.stringify(one.data));
    expect(JSON.stringify(other.service)).toBe(JSON.stringify(one.service));
    expect(JSON.stringify(other.edge)).toBe(JSON.stringify(one.edge));
  });

  it('names no account and no region, so that synthesis has nobody to ask', () => {
    const { app } = synthesise();
    const { stacks } = app.synth();
    expect(stacks.map(({ stackName }) => stackName)).toEqual([
      'fiche-data',
      'fiche-service',
      'fiche-edge',
    ]);
    for (const { environment } of stacks) {
      expect(environment).toMatchObject({ account: 'unknown-account', region: 'unknown-region' });
    }
    expect(app.synth().manifest.missing ?? []).toEqual([]);
  });

  it('can stand more than once in an account, under another name', () => {
    const { stacks } = synthesise({ name: 'essai' }).app.synth();
    expect(stacks.map(({ stackName }) => stackName)).toEqual([
      'essai-data',
      'essai-service',
      'essai-edge',
    ]);
  });

  it('gives no resource a physical name', () => {
    const { data, service } = synthesise();
    const names = [...resourcesOf(data), ...resourcesOf(service)].flatMap(
      ([id, { Type, Properties }]) =>
        Object.keys(Properties)
          .filter((key) =>
            /^(Name|(Table|Bucket|Function|Queue|Role|LogGroup|StateMachine|Alarm)Name)$/.test(key),
          )
          .map((key) => `${Type}.${key} of ${id}`),
    );
    // Some name what they are for, such as a permission its function; an HTTP API's name need not be its own.
    expect(
      names.filter(
        (name) =>
          !/^AWS::(Lambda::(Permission|EventInvokeConfig)|Logs::MetricFilter|ApiGatewayV2::Api)\./.test(
            name,
          ),
      ),
    ).toEqual([]);
  });

  const domain = {
    domainName: 'fiche.example.org',
    certificateArn:
      'arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000000',
  };
  it.each([{}, { tracing: 'true' }, { ...domain, waf: 'true' }, { edge: 'false' }])(
    'passes the checks of AWS Solutions, each exception justified beside its resource: %j',
    (context) => {
      const app = new App({
        context: { ...cdkContext, ...context },
        analyticsReporting: false,
        outdir: newFolder(),
      });
      Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
      addStacks(app, () => Code.fromInline('code'));
      expect(() => app.synth()).not.toThrow();
    },
  );
});
