import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../../local/command.ts';
import { stackOutputs } from '../../../../local/deployed/open-deployment.ts';

const cloudFormation = mockClient(CloudFormationClient);

const stacks = {
  'fiche-data': {
    SubmissionsTableName: 'submissions',
    RegistryTableName: 'registry',
    ObjectsBucketName: 'objects',
  },
  'fiche-service': {
    ApiUrl: 'https://api.example.org',
    CompileStateMachine: 'arn:aws:states:eu-west-3:000000000000:stateMachine:compile',
    Undelivered: 'https://queue.example.org/undelivered',
  },
} as const;

function absent(): Error {
  return Object.assign(new Error('Stack with id x does not exist'), { name: 'ValidationError' });
}

function deploy(outputs: Readonly<Record<string, Readonly<Record<string, string>>>>): void {
  cloudFormation.on(DescribeStacksCommand).callsFake(({ StackName }: { StackName: string }) => {
    const found = outputs[StackName];
    if (found === undefined) throw absent();
    const Outputs = Object.entries(found).map(([OutputKey, OutputValue]) => ({
      OutputKey,
      OutputValue,
    }));
    return { Stacks: [{ Outputs }] };
  });
}

async function adviceOf(name: string): Promise<string> {
  const error: unknown = await stackOutputs(name).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  return error instanceof UsageError ? error.text.en : '';
}

beforeEach(() => cloudFormation.reset());

describe('the outputs of stacks', () => {
  it('are those of the data stack and the service stack together', async () => {
    deploy(stacks);
    expect(await stackOutputs('fiche')).toEqual({
      ...stacks['fiche-data'],
      ...stacks['fiche-service'],
    });
  });

  it('have the address of the site when there is an edge', async () => {
    deploy({ ...stacks, 'fiche-edge': { Url: 'https://fiche.example.org' } });
    expect((await stackOutputs('fiche')).Url).toBe('https://fiche.example.org');
  });

  it('say how many versions the deployment keeps, if it was told', async () => {
    const service = { ...stacks['fiche-service'], KeepVersions: '300', KeepDays: '7' };
    deploy({ ...stacks, 'fiche-service': service });
    expect(await stackOutputs('fiche')).toMatchObject({ KeepVersions: '300', KeepDays: '7' });
  });

  it('are missed with advice when nothing of that name is deployed', async () => {
    deploy(stacks);
    expect(await adviceOf('other')).toContain('other-data');
  });

  it('are missed with advice when what is deployed is older than the tool', async () => {
    deploy({ ...stacks, 'fiche-service': { ApiUrl: 'https://api.example.org' } });
    expect(await adviceOf('fiche')).toContain('deploy first');
  });

  it('fail as AWS says when it refuses the question', async () => {
    const refused = Object.assign(new Error('no'), { name: 'AccessDenied' });
    cloudFormation.on(DescribeStacksCommand).rejects(refused);
    await expect(stackOutputs('fiche')).rejects.toBe(refused);
  });
});
