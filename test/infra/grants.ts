import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { resourcesOf, textOf } from './synthesise.ts';

const list = <T extends z.ZodType>(item: T) =>
  z.union([z.array(item), item.transform((one) => [one])]);
const Statement = z.object({
  Effect: z.literal('Allow'),
  Action: list(z.string()),
  Resource: list(z.unknown()),
  Condition: z
    .record(z.string(), z.record(z.string(), list(z.string())))
    .optional()
    .transform((condition) =>
      Object.values(condition ?? {}).flatMap((keys) => Object.entries(keys)),
    ),
});
const Document = z.object({ Statement: z.array(Statement) });
// Strict: a managed policy would be a statement that nobody sees here.
const RoleProperties = z.strictObject({
  AssumeRolePolicyDocument: z.unknown(),
  Policies: z.array(z.object({ PolicyDocument: Document })).default([]),
  Tags: z.unknown(),
});
const FunctionRole = z.object({
  Description: z.string(),
  Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
});

const Policy = z.object({
  PolicyDocument: Document,
  Roles: z.array(z.object({ Ref: z.string() })),
});

/** Every statement of a role: its own and those of policies attached to it. */
export function statementsOf(template: Template, roleId: string): z.infer<typeof Statement>[] {
  const role = RoleProperties.parse(resourcesOf(template).get(roleId)?.Properties);
  const attached = [...resourcesOf(template, 'AWS::IAM::Policy').values()]
    .map(({ Properties }) => Policy.parse(Properties))
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === roleId));
  return [...role.Policies, ...attached].flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** `action on resource [if key is value]`, one line for each action, resource and value. */
function granted(statements: readonly z.infer<typeof Statement>[]): string[] {
  return statements.flatMap(({ Action, Resource, Condition }) =>
    Action.flatMap((action) =>
      Resource.flatMap((resource) => {
        const grant = `${action} on ${textOf(resource)}`;
        if (Condition.length === 0) return [grant];
        return Condition.flatMap(([key, values]) =>
          values.map((value) => `${grant} if ${key} is ${value}`),
        );
      }),
    ),
  );
}

/** What each function may do, by its name, in sorted lines. */
export function grantsOf(template: Template): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...resourcesOf(template, 'AWS::Lambda::Function').values()].map(({ Properties }) => {
      const { Description, Role } = FunctionRole.parse(Properties);
      const grants = granted(statementsOf(template, Role['Fn::GetAtt'][0]));
      return [Description.replace('Fiche: ', ''), grants.sort()];
    }),
  );
}
