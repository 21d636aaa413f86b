import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { Keyring } from '../../shared/access/keyring.ts';
import { openKeys } from '../../shared/access/open-keys.ts';
import { SsmKeyStore } from '../../shared/access/ssm-key-store.ts';
import { installationKeys } from '../../shared/access/stored-keys.ts';
import { systemClock } from '../../shared/clock.ts';
import { env, keysParameterOf, retention } from '../../shared/config.ts';
import { FormLibrary } from '../../shared/form/library/form-library.ts';
import { S3ObjectStore } from '../../shared/objects/s3-object-store.ts';
import { DynamoTable } from '../../shared/store/dynamo-table.ts';
import type { Installation } from '../installation.ts';
import { runCompile } from './run-compile.ts';
import { stackOutputs } from './stack-outputs.ts';
import { receiveUndelivered } from './undelivered.ts';

/** An operator can wait longer than a request of the API, and has a worse line. */
const patience = { connectionTimeout: 5000, requestTimeout: 30_000, throwOnRequestTimeout: true };

/**
 * The installation whose stacks are called `<name>-…`, in the account and region of the credentials
 * in the environment, by the operator's own rights. Throws UsageError when there is none, KeysError when
 * the secret in SSM is not that of its data; the first time the secret is made.
 */
export async function openDeployment(name: string): Promise<Installation> {
  const outputs = await stackOutputs(name);
  const dynamo = new DynamoDBClient({ requestHandler: patience });
  const s3 = new S3Client({ requestHandler: patience });
  const registry = new DynamoTable(dynamo, outputs.RegistryTableName);
  const objects = new S3ObjectStore(s3, outputs.ObjectsBucketName);
  const ssm = new SSMClient({ requestHandler: patience });
  const keyStore = new SsmKeyStore(ssm, keysParameterOf(name));
  const stored = await openKeys(keyStore, registry, systemClock);
  const deps = {
    submissions: new DynamoTable(dynamo, outputs.SubmissionsTableName),
    registry,
    objects,
    forms: new FormLibrary(registry, objects, systemClock),
    clock: systemClock,
    newId: randomUUID,
    // That of the deployment: the operator's own environment is about a folder.
    retention: retention({
      [env.keepVersions]: outputs.KeepVersions,
      [env.keepDays]: outputs.KeepDays,
    }),
    keys: new Keyring(installationKeys(stored)),
    keyStore,
  };
  const url = outputs.Url ?? outputs.ApiUrl;
  return {
    ...deps,
    place: name,
    url,
    publicUrl: url,
    compile: (onProgress) => runCompile(deps, outputs.CompileStateMachine, onProgress),
    deployment: {
      undelivered: outputs.Undelivered,
      receiveUndelivered: () => receiveUndelivered(outputs.Undelivered),
      table: (name) => new DynamoTable(dynamo, name),
    },
    close: () => {
      dynamo.destroy();
      s3.destroy();
      ssm.destroy();
    },
  };
}
