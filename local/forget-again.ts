import { forgetDeleted } from '../shared/store/record-store.ts';
import type { Home } from './open-home.ts';
import { schedule, type Schedule } from './scheduler.ts';

/** Seconds between two rounds: so long, at most, does a log keep what a tool beside the server has deleted. */
const every = 10;

/**
 * Sees to it that nothing deleted stays in the folder: in the log of the database, if whoever deleted it
 * could not empty it or was killed, and in temporary files. Says once that it cannot, and once that it
 * could, by one line to `log`.
 */
export function forgetAgain(
  home: Pick<Home, 'submissions' | 'registry' | 'objects'>,
  log: (line: string) => void,
  report: (error: unknown) => void,
): Schedule {
  let held = false;
  const round = async (): Promise<void> => {
    const forgotten = await forgetDeleted(home);
    if (forgotten === held) {
      log(
        JSON.stringify(
          held
            ? { level: 'info', operation: 'forget', what: 'log-emptied' }
            : { level: 'error', operation: 'forget', what: 'log-held' },
        ),
      );
    }
    held = !forgotten;
    home.objects.removeLeftovers();
  };
  return schedule(every, round, report);
}
