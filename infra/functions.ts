import { Duration, Size } from 'aws-cdk-lib';
import { doors } from '../shared/http/operations/operation.ts';

/** The functions of a compile, in the order in which the state machine calls them. */
export const compileSteps = [
  'compile-start',
  'collect',
  'publish',
  'verify',
  'compile-end',
] as const;
export type CompileStep = (typeof compileSteps)[number];

/** Those of them that the state machine tries again when they fail, three times in all. */
export const workSteps = ['collect', 'publish', 'verify'] as const satisfies readonly CompileStep[];

/** Every function; `functions/<name>/index.ts` is its entry. */
export const functionNames = [...doors, ...compileSteps, 'canary'] as const;
export type FunctionName = (typeof functionNames)[number];

/** All that is bundled: those of the service, and the one that puts the edge's pages in place. */
export const bundleNames = [...functionNames, 'pages'] as const;
export type BundleName = (typeof bundleNames)[number];

export interface Resources {
  /** MB; 1,769 MB come with one whole processor. */
  readonly memory: number;
  readonly timeout: Duration;
  /** Where segments and files are put together before their hashes are known. */
  readonly disk?: Size;
}

// The HTTP API gives up after 29 seconds, so an answer that comes later is heard by nobody.
const door: Resources = { memory: 1024, timeout: Duration.seconds(28) };
const bookkeeping: Resources = { memory: 512, timeout: Duration.minutes(1) };
/** It looks at every submission that waits for files. */
const sweep: Resources = { memory: 1024, timeout: Duration.minutes(15) };
const work: Resources = {
  memory: 1769,
  timeout: Duration.minutes(15),
  disk: Size.gibibytes(4),
};

export const resources: Readonly<Record<FunctionName, Resources>> = {
  submissions: door,
  registry: door,
  datasets: door,
  openrosa: door,
  'compile-start': sweep,
  collect: work,
  publish: work,
  verify: work,
  'compile-end': bookkeeping,
  canary: bookkeeping,
};

/** Where the code of a function's entry stands, from the repository's root. */
export function entryOf(name: BundleName): string {
  return `functions/${name}/index.ts`;
}
