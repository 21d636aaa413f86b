import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { FunctionName } from '../../infra/functions.ts';
import { initialise } from '../../local/init.ts';
import { tokenFileOf } from '../../local/open-folder.ts';
import { openHome, type Home } from '../../local/open-home.ts';
import { Keyring } from '../../shared/access/keyring.ts';
import { installationKeys } from '../../shared/access/stored-keys.ts';
import { createOrganisation } from '../../shared/access/organisation-records.ts';
import { createToken } from '../../shared/access/tokens.ts';
import { FormLibrary } from '../../shared/form/library/form-library.ts';
import type { DoorHandler, DoorResult } from '../../shared/http/door.ts';
import { coordination, OrgId } from '../../shared/ids.ts';
import type { SubmissionDeps } from '../../shared/submission/records/submission-deps.ts';
import { checkerOf, guardedObjects, guardedRecords } from './guarded-stores.ts';

/** As grants.ts writes it. */
export const keysParameterArn =
  'arn:{AWS::Partition}:ssm:{AWS::Region}:{AWS::AccountId}:parameter/fiche/fiche/keys';

export interface Ask {
  readonly by?: 'member' | 'coordinator';
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ifMatch?: number;
}

/** Functions as they are on AWS, on the stores of one machine. */
export interface Deployed {
  readonly home: Home;
  readonly tokens: Readonly<Record<'member' | 'coordinator', string>>;
  /** What was tried and no statement grants. */
  readonly denied: string[];
  /** What a function works with, guarded by its own statements. */
  readonly depsOf: (name: FunctionName) => SubmissionDeps & { readonly report: () => undefined };
  /** What a door answers to a route. */
  readonly answer: (door: DoorHandler, routeKey: string, ask?: Ask) => Promise<DoorResult>;
  /** Its status. */
  readonly ask: (door: DoorHandler, routeKey: string, ask?: Ask) => Promise<number | undefined>;
}

/** Opens `folder`, in which a member and the coordinator have tokens; the caller closes the home. */
export async function deployFunctions(
  grants: ReadonlyMap<string, readonly string[]>,
  folder: string,
): Promise<Deployed> {
  const home = await openHome(folder);
  await initialise(home, tokenFileOf(folder));
  const member = OrgId.parse('asso');
  await createOrganisation(home.registry, { id: member, name: 'Association', state: 'active' });
  const token = async (organisation: string, role: 'member' | 'coordinator'): Promise<string> =>
    (await createToken(home.registry, home.clock, organisation, { role, name: 'test' })).token;
  const tokens = {
    member: await token(member, 'member'),
    coordinator: await token(coordination, 'coordinator'),
  };
  const stored = await home.keyStore.read();
  if (stored === undefined) throw new Error('The folder has no keys.');
  const keys = installationKeys(stored);
  const denied: string[] = [];
  const answer = (
    door: DoorHandler,
    routeKey: string,
    { by = 'coordinator', path = {}, query = {}, body, headers = {}, ifMatch }: Ask = {},
  ): Promise<DoorResult> => {
    const [method = '', route = ''] = routeKey.split(' ');
    const parameters = route.includes('{token}') ? { ...path, token: tokens[by] } : { ...path };
    const values = new Map(Object.entries(parameters));
    const rawPath = route.replaceAll(/\{(\w+)\}/g, (_, name: string) => values.get(name) ?? '');
    const event: APIGatewayProxyEventV2 = {
      version: '2.0',
      routeKey,
      rawPath,
      rawQueryString: '',
      headers: {
        ...(route.includes('{token}') ? {} : { authorization: `Bearer ${tokens[by]}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
        ...headers,
      },
      pathParameters: parameters,
      queryStringParameters: { ...query },
      requestContext: {
        accountId: '',
        apiId: '',
        domainName: '',
        domainPrefix: '',
        http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '', userAgent: '' },
        requestId: 'request',
        routeKey,
        stage: '$default',
        time: '',
        timeEpoch: 0,
      },
      ...(body === undefined
        ? {}
        : { body: Buffer.isBuffer(body) ? body.toString('base64') : JSON.stringify(body) }),
      isBase64Encoded: Buffer.isBuffer(body),
    };
    return door(event);
  };
  return {
    home,
    tokens,
    denied,
    depsOf: (name) => {
      const check = checkerOf(grants.get(name) ?? [], denied);
      const registry = guardedRecords(home.registry, 'RegistryTable', check);
      const objects = guardedObjects(home.objects, check);
      return {
        submissions: guardedRecords(home.submissions, 'SubmissionsTable', check),
        registry,
        objects,
        forms: new FormLibrary(registry, objects, home.clock),
        clock: home.clock,
        newId: randomUUID,
        // Read as on AWS: when it is opened, by those that may.
        keys: new Keyring(() => {
          check('ssm:GetParameter', keysParameterArn);
          return Promise.resolve(keys);
        }),
        report: () => undefined,
      };
    },
    answer,
    ask: async (door, routeKey, asked) => (await answer(door, routeKey, asked)).statusCode,
  };
}
