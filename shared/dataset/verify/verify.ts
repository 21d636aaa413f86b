import { compileWork } from '../publish/compile-work.ts';
import { deleteOldRuns } from '../publish/compile-run.ts';
import type { CompileDeps } from '../deps.ts';
import { expireVersions } from '../versions/retention.ts';
import { sweepExports, sweepSegments, sweepVersions } from '../versions/sweep.ts';
import { verifyDataset, type DatasetReport } from './verify-dataset.ts';
import { verifyOlder } from './verify-older.ts';
import { verifyOrphans } from './verify-orphans.ts';
import type { Drift, TakenDown, VerifyOptions } from './verify-report.ts';
import { verifyShard } from './verify-shard.ts';

export interface VerifyReport {
  readonly shards: number;
  readonly datasets: number;
  /** Files that were compared, of current and earlier versions. */
  readonly files: number;
  /** Live submissions in the record store. */
  readonly rows: number;
  readonly drift: readonly Drift[];
  /** Datasets of which fewer rows are public since they were brought up to date. */
  readonly takenDown: readonly TakenDown[];
  readonly repaired: boolean;
}

export interface VerifyProgress {
  readonly done: number;
  readonly of: number;
}

/** What one step of the work has found. */
interface Found {
  readonly rows?: number;
  readonly files?: number;
  readonly drift: readonly Drift[];
  readonly takenDown?: TakenDown;
}

/**
 * Recomputes everything from the record store and compares: every segment (verify-shard.ts), every
 * file of every current version, pointers and `public/` (verify-dataset.ts), earlier versions with
 * their manifests (verify-older.ts), and what belongs to no submission (verify-orphans.ts). What
 * differs is told, and with `repair` compiled anew; nothing is hidden. What no pointer names any more
 * is swept. Every step is tried, whatever becomes of the others: then throws AggregateError.
 */
export async function verify(
  deps: CompileDeps,
  { repair = false }: Partial<VerifyOptions> = {},
  onProgress: (progress: VerifyProgress) => void = () => undefined,
): Promise<VerifyReport> {
  const { collect: shards, publish: datasets } = await compileWork(deps);
  const steps: readonly (() => Promise<Found>)[] = [
    ...shards.map((shard) => () => verifyShard(deps, shard, { repair })),
    ...datasets.map((id) => () => verifyWholeDataset(deps, id, { repair })),
    () => verifyRest(deps, { repair }),
  ];
  const report = {
    rows: 0,
    files: 0,
    drift: new Array<Drift>(),
    takenDown: new Array<TakenDown>(),
  };
  const errors: unknown[] = [];
  for (const [index, step] of steps.entries()) {
    try {
      const { rows = 0, files = 0, drift, takenDown } = await step();
      if (takenDown !== undefined) report.takenDown.push(takenDown);
      report.rows += rows;
      report.files += files;
      report.drift.push(...drift);
    } catch (error) {
      errors.push(error);
    }
    onProgress({ done: index + 1, of: steps.length });
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} steps failed.`);
  return {
    ...{ shards: shards.length, datasets: datasets.length },
    ...report,
    repaired: repair && report.drift.length > 0,
  };
}

/** The current version of a dataset and those before; those that are kept no longer go. */
export async function verifyWholeDataset(
  deps: CompileDeps,
  datasetId: string,
  options: VerifyOptions,
): Promise<DatasetReport> {
  const current = await verifyDataset(deps, datasetId, options);
  await expireVersions(deps, datasetId);
  const older = await verifyOlder(deps, datasetId, options);
  await sweepVersions(deps, datasetId);
  const drift = [...current.drift, ...older.drift];
  return { ...current, files: current.files + older.files, drift };
}

/** What belongs to no shard and no dataset alone; old segments, exports and runs go. */
export async function verifyRest(
  deps: CompileDeps,
  options: VerifyOptions,
): Promise<{ readonly drift: readonly Drift[] }> {
  const drift: Drift[] = [];
  for (const form of await deps.forms.list()) {
    if (form.versions.length === 0) continue;
    drift.push(...(await verifyOrphans(deps, form, options)));
    await sweepSegments(deps, form);
  }
  await sweepExports(deps);
  await deleteOldRuns(deps.registry, deps.clock);
  return { drift };
}
