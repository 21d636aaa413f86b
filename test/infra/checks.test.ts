import { App, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Bucket, type BucketProps } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { addStacks } from '../../infra/stacks.ts';
import { everything } from './every-stack.ts';
import { cdkContext, newFolder } from './synthesise.ts';

function checkedApp(context: Readonly<Record<string, unknown>> = {}): App {
  const app = new App({
    context: { ...cdkContext, ...context },
    analyticsReporting: false,
    outdir: newFolder(),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

describe('the checks of AWS Solutions', () => {
  it('pass with everything switched on, each exception justified beside its resource', () => {
    const app = checkedApp(everything);
    addStacks(app, () => Code.fromInline('code'));
    expect(() => app.synth()).not.toThrow();
  });

  const faulty: readonly (readonly [string, BucketProps])[] = [
    ['S1', { enforceSSL: true }],
    ['S10', { enforceSSL: false }],
  ];
  it.each(faulty)('are run, and refuse what has no justification: %s', (rule, properties) => {
    const app = checkedApp();
    new Bucket(new Stack(app, 'faulty'), 'Bucket', properties);
    expect(() => app.synth()).toThrow(rule);
  });

  it('refuse one more statement of a function than is justified', () => {
    const app = checkedApp();
    const { service } = addStacks(app, () => Code.fromInline('code'));
    const role = service.node
      .findAll()
      .find((construct) => construct.node.path.endsWith('collect/Role'));
    if (role === undefined || !('addToPolicy' in role))
      throw new TypeError('There is no such role.');
    const add: unknown = role.addToPolicy;
    if (typeof add !== 'function') throw new TypeError('A role takes statements.');
    add.call(role, new PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    expect(() => app.synth()).toThrow('IAM5');
  });
});
