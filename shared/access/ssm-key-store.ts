import { GetParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { keysText, parseKeys, type KeyStore, type StoredKeys } from './stored-keys.ts';

/**
 * The keys of stacks: a SecureString of the Parameter Store under AWS's own key, which whoever may read
 * the parameter may use. 4 KB at most: about thirty keys.
 */
export class SsmKeyStore implements KeyStore {
  readonly place: string;
  readonly #client: SSMClient;

  constructor(client: SSMClient, parameter: string) {
    this.#client = client;
    this.place = parameter;
  }

  async read(): Promise<StoredKeys | undefined> {
    try {
      const asked = new GetParameterCommand({ Name: this.place, WithDecryption: true });
      const { Parameter } = await this.#client.send(asked);
      return parseKeys(Parameter?.Value ?? '', this.place);
    } catch (error) {
      if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
      throw error;
    }
  }

  async putIfAbsent(keys: StoredKeys): Promise<StoredKeys> {
    try {
      await this.#put(keys, false);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ParameterAlreadyExists') throw error;
    }
    return (await this.read()) ?? keys;
  }

  async replace(keys: StoredKeys): Promise<void> {
    await this.#put(keys, true);
  }

  async #put(keys: StoredKeys, overwrite: boolean): Promise<void> {
    await this.#client.send(
      new PutParameterCommand({
        Name: this.place,
        Value: keysText(keys),
        Type: 'SecureString',
        Overwrite: overwrite,
      }),
    );
  }
}
