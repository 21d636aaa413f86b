import { Fault } from '../fault.ts';

const busy = 5;

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/** True if another connection holds the lock: SQLITE_BUSY and its kin. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === busy;
}

/** What SQLite itself reports becomes Fault `store-unavailable`; any other error is a bug and stays. */
export function sqliteFault(error: unknown): unknown {
  return resultCode(error) === undefined ? error : new Fault('store-unavailable', { cause: error });
}
