import { Fault } from '../fault.ts';

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Errors of the file system and of the lock become Fault `store-unavailable`; others stay. */
export async function diskFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof Fault || typeof code !== 'string') throw error;
    throw new Fault('store-unavailable', { cause: error });
  }
}

/** The same, but undefined where nothing is. */
export function guarded<T>(work: () => Promise<T>): Promise<T | undefined> {
  return diskFaults(async () => {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw error;
    }
  });
}
