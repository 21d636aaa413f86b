import {
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { SsmKeyStore } from '../../../../shared/access/ssm-key-store.ts';
import { keysText, newKeys } from '../../../../shared/access/stored-keys.ts';
import { testStoredKeys } from '../../../support/keyring.ts';

const ssm = mockClient(SSMClient);
const store = new SsmKeyStore(new SSMClient({ region: 'eu-west-3' }), '/fiche/fiche/keys');
const about = { message: '', $metadata: {} };
const found = { Parameter: { Value: keysText(testStoredKeys) } };
beforeEach(() => {
  ssm.reset();
});

describe('the keys of stacks', () => {
  it('are read decrypted, and may not be there yet', async () => {
    ssm.on(GetParameterCommand).rejectsOnce(new ParameterNotFound(about)).resolves(found);
    expect(await store.read()).toBeUndefined();
    expect(await store.read()).toEqual(testStoredKeys);
    expect(ssm.commandCalls(GetParameterCommand)[1]?.args[0].input).toEqual({
      Name: '/fiche/fiche/keys',
      WithDecryption: true,
    });
  });

  it('are kept as a SecureString, and those of whoever was first stay', async () => {
    ssm.on(PutParameterCommand).rejects(new ParameterAlreadyExists(about));
    ssm.on(GetParameterCommand).resolves(found);
    const made = newKeys(() => new Date(0));
    expect(await store.putIfAbsent(made)).toEqual(testStoredKeys);
    expect(ssm.commandCalls(PutParameterCommand)[0]?.args[0].input).toMatchObject({
      Type: 'SecureString',
      Overwrite: false,
    });
  });

  it('are not taken for absent when SSM fails, nor when they are damaged', async () => {
    ssm.on(GetParameterCommand).rejectsOnce(new Error('throttled')).resolves({ Parameter: {} });
    await expect(store.read()).rejects.toThrow('throttled');
    await expect(store.read()).rejects.toMatchObject({ name: 'KeysError' });
  });
});
