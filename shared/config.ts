/** The names of all settings that come from the environment. Infra sets them, this file alone reads them. */
export const env = {
  submissionsTable: 'FICHE_SUBMISSIONS_TABLE',
  registryTable: 'FICHE_REGISTRY_TABLE',
  objectsBucket: 'FICHE_OBJECTS_BUCKET',
  keysParameter: 'FICHE_KEYS_PARAMETER',
  compileStateMachine: 'FICHE_COMPILE_STATE_MACHINE',
  metricsNamespace: 'FICHE_METRICS_NAMESPACE',
  publicUrl: 'FICHE_URL',
  home: 'FICHE_HOME',
  stack: 'FICHE_STACK',
  port: 'PORT',
  host: 'HOST',
  compileEvery: 'FICHE_COMPILE_EVERY',
  verifyAt: 'FICHE_VERIFY_AT',
  keepVersions: 'FICHE_KEEP_VERSIONS',
  keepDays: 'FICHE_KEEP_DAYS',
} as const;

/** How long earlier versions can be fetched. */
export interface Retention {
  /** So many newest ones; */
  readonly versions: number;
  /** and of each of so many days, the last one. */
  readonly days: number;
}

export const defaultRetention: Retention = { versions: 30, days: 90 };

type Environment = Readonly<Record<string, string | undefined>>;

export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new ConfigurationError(`${name} is not set.`);
  return value;
}

function wholeNumber(
  environment: Environment,
  name: string,
  fallback: number,
  max: number,
): number {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > max) {
    throw new ConfigurationError(
      `${name} doit être un nombre entier de 0 à ${max}, et non « ${text} ».\n` +
        `${name} must be a whole number from 0 to ${max}, not "${text}".`,
    );
  }
  return value;
}

export interface AwsConfig {
  readonly submissionsTable: string;
  readonly registryTable: string;
  readonly objectsBucket: string;
}

/** What every function on AWS needs. Throws ConfigurationError. */
export function awsConfig(environment: Environment = process.env): AwsConfig {
  return {
    submissionsTable: required(environment, env.submissionsTable),
    registryTable: required(environment, env.registryTable),
    objectsBucket: required(environment, env.objectsBucket),
  };
}

/** The ARN of the state machine that compiles. Throws ConfigurationError. */
export function compileStateMachine(environment: Environment = process.env): string {
  return required(environment, env.compileStateMachine);
}

/** The name of the SSM parameter with the installation's keys, of those functions that may read it. Throws ConfigurationError. */
export function keysParameter(environment: Environment = process.env): string {
  return required(environment, env.keysParameter);
}

/** The name of that parameter for the stacks called `<stack>-…`. */
export function keysParameterOf(stack: string): string {
  return `/fiche/${stack}/keys`;
}

/** The namespace of metrics in CloudWatch: each deployment of an account has its own. */
export function metricsNamespace(environment: Environment = process.env): string {
  return environment[env.metricsNamespace] ?? 'Fiche';
}

/**
 * An address of http or https as links begin with it, without a slash at its end; undefined for text
 * that is none, or that has more to it than a host and a path.
 */
export function readPublicUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, search, hash, origin, pathname } = new URL(text);
  const isPlain = [username, password, search, hash].every((part) => part === '');
  if (!/^https?:$/.test(protocol) || !isPlain) return undefined;
  return origin + pathname.replace(/\/+$/, '');
}

/**
 * Where clients find the service, if the environment says so: links and QR codes begin with it. Else
 * what each request says is good enough. Throws ConfigurationError.
 */
export function publicUrl(environment: Environment = process.env): string | undefined {
  const text = environment[env.publicUrl];
  if (text === undefined || text === '') return undefined;
  const url = readPublicUrl(text);
  if (url === undefined) {
    throw new ConfigurationError(
      `${env.publicUrl} doit être une adresse comme https://fiche.example.org, et non « ${text} ».\n` +
        `${env.publicUrl} must be an address such as https://fiche.example.org, not "${text}".`,
    );
  }
  return url;
}

/**
 * How long earlier versions of datasets can be fetched: so many newest ones, and of each of so many
 * days the last one. Throws ConfigurationError.
 */
export function retention(environment: Environment = process.env): Retention {
  return {
    versions: wholeNumber(environment, env.keepVersions, defaultRetention.versions, 10_000),
    days: wholeNumber(environment, env.keepDays, defaultRetention.days, 3_650),
  };
}

/** The hour at which a server verifies everything, 0 to 23; '' is never, absent 3. */
function verifyAt(environment: Environment): number | undefined {
  if (environment[env.verifyAt] === '') return undefined;
  return wholeNumber(environment, env.verifyAt, 3, 23);
}

export interface LocalConfig {
  /** The folder that holds everything. */
  readonly home: string;
  /** TCP port; 0: any free one. */
  readonly port: number;
  /** The address to listen on: this machine alone, unless HOST says otherwise. */
  readonly host: string;
  /** Seconds between compiles; 0: never by itself. */
  readonly compileEvery: number;
  /** The hour of the day, of this machine's clock, at which everything is verified; undefined: never. */
  readonly verifyAt: number | undefined;
  /** Where clients find the service; undefined: where their requests say. */
  readonly publicUrl: string | undefined;
}

/** The name of the deployed stacks that the operator's tool works on; undefined: a folder. */
export function stackName(environment: Environment = process.env): string | undefined {
  const name = environment[env.stack];
  return name === '' ? undefined : name;
}

/** What the server on one machine needs. Throws ConfigurationError. */
export function localConfig(environment: Environment = process.env): LocalConfig {
  return {
    home: environment[env.home] ?? '.fiche',
    port: wholeNumber(environment, env.port, 3000, 65_535),
    host: environment[env.host] ?? '127.0.0.1',
    compileEvery: wholeNumber(environment, env.compileEvery, 60, 86_400),
    verifyAt: verifyAt(environment),
    publicUrl: publicUrl(environment),
  };
}
