import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { UsageError } from '../command.ts';

const Outputs = z.object({
  SubmissionsTableName: z.string(),
  RegistryTableName: z.string(),
  ObjectsBucketName: z.string(),
  ApiUrl: z.url(),
  CompileStateMachine: z.string(),
  Undelivered: z.url(),
  KeepVersions: z.string().optional(),
  KeepDays: z.string().optional(),
});

/** What the stacks of one deployment say of themselves; `Url` if there is an edge. */
export type StackOutputs = z.infer<typeof Outputs> & { readonly Url?: string };

/**
 * The outputs of the stacks called `<name>-data`, `<name>-service` and `<name>-edge`. Throws UsageError
 * when there is no such deployment in the account and region of the credentials, or an earlier one.
 */
export async function stackOutputs(name: string): Promise<StackOutputs> {
  const cloudFormation = new CloudFormationClient({});
  try {
    const [data, service, edge] = await Promise.all(
      ['data', 'service', 'edge'].map((part) => outputsOf(cloudFormation, `${name}-${part}`)),
    );
    if (data === undefined || service === undefined) {
      throw new UsageError({
        fr: `Il n’y a pas de pile ${name}-data ou ${name}-service dans cette région de ce compte: vérifiez --stack, AWS_REGION et les accès; npm run deploy les déploie.`,
        en: `There is no stack ${name}-data or ${name}-service in this region of this account: check --stack, AWS_REGION and the credentials; npm run deploy deploys them.`,
      });
    }
    const found = Outputs.safeParse({ ...data, ...service });
    const url = edge?.['Url'];
    if (found.success) {
      return url === undefined ? found.data : { ...found.data, Url: url };
    }
    throw new UsageError({
      fr: `La pile ${name} est d’une version plus ancienne que cet outil: déployez d’abord (npm run deploy).`,
      en: `The stack ${name} is of an earlier version than this tool: deploy first (npm run deploy).`,
    });
  } finally {
    cloudFormation.destroy();
  }
}

async function outputsOf(
  cloudFormation: CloudFormationClient,
  stack: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
    const outputs = Stacks?.[0]?.Outputs ?? [];
    return Object.fromEntries(
      outputs.flatMap(({ OutputKey, OutputValue }) =>
        OutputKey === undefined || OutputValue === undefined ? [] : [[OutputKey, OutputValue]],
      ),
    );
  } catch (error) {
    // The only thing that distinguishes this from any other wrong request is its text.
    const isAbsent =
      error instanceof Error &&
      error.name === 'ValidationError' &&
      error.message.includes('does not exist');
    if (isAbsent) return undefined;
    throw error;
  }
}
