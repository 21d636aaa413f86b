import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { addStacks } from '../../infra/stacks.ts';
import { cdkContext, newFolder } from './synthesise.ts';

/**
 * Settings under which each resource that there can be is there: what is asserted of every stack is
 * asserted of all of it.
 */
export const everything: Readonly<Record<string, unknown>> = {
  tracing: 'true',
  edge: 'true',
  waf: 'true',
  alarmEmail: 'ops@example.org',
  canaryEvery: '15',
};

/** The templates of all stacks by what follows the deployment's name: `data`, `service` … */
export function everyStack(
  context: Readonly<Record<string, unknown>> = everything,
): ReadonlyMap<string, Template> {
  const app = new App({
    context: { ...cdkContext, ...context },
    analyticsReporting: false,
    outdir: newFolder(),
  });
  addStacks(app, () => Code.fromInline('code'));
  return new Map(
    app.node.children
      .filter((child) => Stack.isStack(child))
      .map((stack) => [stack.stackName.replace(/^fiche-/, ''), Template.fromStack(stack)]),
  );
}
