import { datasetsHandler } from '../functions/datasets/handler.ts';
import { describeError } from '../functions/describe-error.ts';
import { openRosaHandler } from '../functions/openrosa/handler.ts';
import { registryHandler } from '../functions/registry/handler.ts';
import { submissionsHandler } from '../functions/submissions/handler.ts';
import { finishRun } from '../shared/dataset/publish/compile-run.ts';
import type { Failure } from '../shared/http/door.ts';
import { forgetDeleted } from '../shared/store/record-store.ts';
import { Compiler } from './compiler.ts';
import { lockFolder } from './folder-lock.ts';
import { checkPort, listenHttp } from './http-server.ts';
import { initialise } from './initialise.ts';
import { endInterruptedRuns, InterruptedError } from './interrupted-runs.ts';
import { expectedBytes, requestListener, readPages } from './listener.ts';
import { ObjectLinks } from './object-links.ts';
import { tokenFileOf } from './installation.ts';
import { openHome, type Home } from './open-home.ts';
import { PublicFiles } from './public-file-server.ts';
import { schedule, everyDay, type Schedule } from './scheduler.ts';

interface ServerOptions {
  /** The folder that holds everything. */
  readonly home: string;
  /** 0: any free port. */
  readonly port: number;
  /** Seconds between compiles; 0: on demand only. */
  readonly compileEvery: number;
  /** The hour at which everything is verified; absent: never. */
  readonly verifyAt?: number | undefined;
  /** The address to listen on; absent: this machine alone. */
  readonly host?: string;
  /** Where clients find the service; absent: where their requests say. */
  readonly publicUrl?: string | undefined;
  /** Is told of what went wrong, as one line without personal data. */
  readonly log?: (line: string) => void;
}

export interface RunningServer {
  readonly url: string;
  /** The coordinator's first token, if this start has made it. */
  readonly newToken: string | undefined;
  /** Ends requests in flight, then everything else. */
  close(): Promise<void>;
}

const onlyThisMachine = '127.0.0.1';

interface SiteParts {
  readonly compiler: Compiler;
  readonly publicFiles: PublicFiles;
  readonly publicUrl: string | undefined;
  readonly report: Reporter;
}

function site(home: Home, { compiler, publicFiles, publicUrl, report }: SiteParts) {
  const serveFile = (key: string) => home.objects.get(key);
  const deps = { ...home, report, publicUrl };
  return {
    doors: {
      submissions: submissionsHandler({ ...deps, serveFile }),
      registry: registryHandler(deps),
      openrosa: openRosaHandler(deps),
      datasets: datasetsHandler({
        ...deps,
        startCompile: (runId) => {
          compiler.request(runId);
          return Promise.resolve();
        },
        serveFile,
      }),
    },
    publicFiles,
    links: new ObjectLinks(deps),
    report,
  };
}

type Reporter = (failure: Failure) => void;

/**
 * Everything on one machine, in this process: takes the folder, makes what is missing in it, serves
 * it and compiles it. Throws FolderInUseError, KeysError, and the system's error when the port is taken.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const home = await openHome(options.home);
  try {
    const lock = lockFolder(options.home);
    try {
      return await serve(home, options, () => {
        home.close();
        lock.release();
      });
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    home.close();
    throw error;
  }
}

async function serve(
  home: Home,
  { log = () => undefined, host = onlyThisMachine, publicUrl, ...options }: ServerOptions,
  leave: () => void,
): Promise<RunningServer> {
  const report: Reporter = ({ error, ...about }) => {
    log(JSON.stringify({ level: 'error', ...about, error: describeError(error) }));
  };
  const reportCompile = (error: unknown) => {
    report({ requestId: 'none', operation: 'compile', error });
  };
  // Before the first token is made: it is told once, to who sees this start succeed.
  await checkPort(options.port, host);
  const { newToken } = await initialise(home, tokenFileOf(options.home));
  await endInterruptedRuns(home.registry, home.clock);
  const publicFiles = new PublicFiles(home.objects, report);
  const compiler = new Compiler(options.home, {
    onPublished: () => publicFiles.forget(),
    onFailed: reportCompile,
    onVerified: ({ drift, ...about }) => {
      const level = drift.length === 0 ? 'info' : 'error';
      log(JSON.stringify({ level, operation: 'verify', ...about, repaired: drift.length }));
      for (const { what, problem } of drift) log(JSON.stringify({ level, what, problem }));
    },
    onAbandoned: (runIds) => {
      for (const runId of runIds) {
        void finishRun(home.registry, home.clock, runId, new InterruptedError());
      }
    },
  });
  const pages = await readPages();
  const served = { ...site(home, { compiler, publicFiles, publicUrl, report }), pages };
  const listening = await listenHttp(requestListener(served), {
    port: options.port,
    host,
    expectedBytes: (request) => expectedBytes(served, request),
  });
  const compiles = schedule(options.compileEvery, () => compiler.tick(), reportCompile);
  const forgetting = forgetAgain(home, log, (error) => {
    report({ requestId: 'none', operation: 'forget', error });
  });
  const { verifyAt } = options;
  const verifications =
    verifyAt === undefined
      ? undefined
      : everyDay(home.clock, verifyAt, () => compiler.verify(), reportCompile);
  return {
    url: `http://localhost:${listening.port}`,
    newToken,
    close: async () => {
      compiles.stop();
      forgetting.stop();
      verifications?.stop();
      await listening.close();
      await compiler.close();
      leave();
    },
  };
}

/** Seconds between two rounds: so long, at most, does a log keep what a tool beside the server has deleted. */
const every = 10;

/**
 * Sees to it that nothing deleted stays in the folder: in the log of the database, if whoever deleted it
 * could not empty it or was killed, and in temporary files. Says once that it cannot, and once that it
 * could, by one line to `log`.
 */
function forgetAgain(
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
