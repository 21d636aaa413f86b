import type { CompileDeps } from '../shared/dataset/compile-deps.ts';
import type { PublishReport } from '../shared/dataset/publish/publish.ts';
import type { ObjectStore } from '../shared/objects/object-store.ts';
import type { WholeTable } from '../shared/store/record-store.ts';
import type { Home } from './open-home.ts';

/** What the operator's tool works on: a folder, or stacks deployed on AWS. The same words hold for both. */
export interface Installation extends Omit<Home, 'objects' | 'linkSecret'> {
  readonly objects: ObjectStore;
  /** What to call it to a person: a path, or the name of the stacks. */
  readonly place: string;
  /** Where clients find the service. */
  readonly url: string;
  /** The same if somebody has said so: what is written to others has no other address in it. */
  readonly publicUrl: string | undefined;
  /** Where a new installation keeps its first token; absent: it is told once and kept nowhere. */
  readonly tokenFile?: string;
  /**
   * Compiles everything and waits for the end. Throws what a compile throws; on AWS CompileFailed,
   * which names what went wrong.
   */
  compile(onProgress: (done: number, of: number) => void): Promise<readonly PublishReport[]>;
  /** On AWS alone: what only stacks have. */
  readonly deployment?: Deployment;
}

/** What stacks have and a folder has not. */
interface Deployment {
  /** The URL of the queue of scheduled starts that could not be delivered. */
  readonly undelivered: string;
  /** Receives what waits in that queue, for nobody else to see it for as long as a compile may last. */
  receiveUndelivered(): Promise<Undelivered>;
  /** Another table of the same account and region, such as AWS has restored beside. */
  readonly table: (name: string) => WholeTable;
}

/** A compile that ended without noting its end, and how: `ABORTED`, `TIMED_OUT`, `FAILED`. */
export interface Death {
  readonly runId: string;
  readonly died: string;
}

/** What schedules and rules could not deliver. */
export interface Undelivered {
  readonly count: number;
  /** Of compiles that died; all others were starts. */
  readonly deaths: readonly Death[];
  /** Deletes those that were counted: once a compile has done what all of them wanted. */
  forget(): Promise<void>;
}

/** A compile on AWS ended badly. `message` names the errors, nothing internal. */
export class CompileFailed extends Error {
  override readonly name = 'CompileFailed';
}

/** What a compile is made of, of an installation. */
export type InstallationDeps = CompileDeps & Pick<Installation, 'newId'>;
