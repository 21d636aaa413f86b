import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startDeployed, type DeployedService } from '../support/deployed-service.ts';
import { runAgainst } from '../support/deployment.ts';
import { tell, tellMainJob } from '../support/story.ts';

let service: DeployedService | undefined;

/** Every request of a function is allowed or denied by the statements of its role, as AWS does it. */
async function startWithPolicies(): Promise<DeployedService> {
  service = await startDeployed({ settings: { AUTH: 'true' } });
  return service;
}

tell(startWithPolicies, tellMainJob);

describe('the policies that the story was told under', () => {
  const words = ['local/fiche.ts', 'forms', 'list', '--stack', 'fiche'];
  const folders: string[] = [];
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true });
  });

  /** As somebody who has taken on a role of the CDK, which may publish files and nothing else. */
  async function asPublisher(environment: Readonly<Record<string, string>>) {
    const folder = await mkdtemp(join(tmpdir(), 'fiche-profile-'));
    folders.push(folder);
    const file = join(folder, 'config');
    const region = environment['AWS_REGION'] ?? '';
    const role = `cdk-hnb659fds-file-publishing-role-000000000000-${region}`;
    await writeFile(
      file,
      [
        '[profile operator]',
        'aws_access_key_id = test',
        'aws_secret_access_key = test',
        '[profile publisher]',
        'source_profile = operator',
        `role_arn = arn:aws:iam::000000000000:role/${role}`,
        '',
      ].join('\n'),
    );
    const rest = Object.entries(environment).filter(
      ([name]) => !/^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)$/.test(name),
    );
    return { ...Object.fromEntries(rest), AWS_CONFIG_FILE: file, AWS_PROFILE: 'publisher' };
  }

  it('refuse what no statement grants: they are evaluated', async () => {
    if (service === undefined) throw new Error('Nothing was deployed.');
    const { environment } = service.emulator;
    const operator = await runAgainst({ environment }, process.execPath, words);
    expect(operator.code, operator.output).toBe(0);
    const publisher = await runAgainst(
      { environment: await asPublisher(environment) },
      process.execPath,
      words,
    );
    expect(publisher.code, publisher.output).not.toBe(0);
  });
});
