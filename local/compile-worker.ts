/** The thread that compiles: with database connections of its own, so that requests never wait for it. */
import { parentPort, workerData } from 'node:worker_threads';
import { describeError } from '../functions/describe-error.ts';
import { compileAll } from '../shared/dataset/publish/compile-all.ts';
import { finishRun } from '../shared/dataset/publish/compile-run.ts';
import { verify } from '../shared/dataset/verify/verify-all.ts';
import { CompileOrder, WorkerSettings, type CompileNews } from './compile-messages.ts';
import { openHome } from './open-home.ts';

if (parentPort === null) throw new Error('This module is a worker thread.');
const port = parentPort;
const home = await openHome(WorkerSettings.parse(workerData).home);

function tell(news: CompileNews): void {
  port.postMessage(news);
}

async function compile({ runIds }: CompileOrder): Promise<void> {
  const { registry, clock } = home;
  try {
    const { datasets } = await compileAll(home);
    // Before the runs end: whoever reads that one is done must not be served what was there before.
    tell({ what: 'published' });
    for (const runId of runIds) await finishRun(registry, clock, runId, datasets);
    tell({ what: 'done' });
  } catch (error) {
    tell({ what: 'published' });
    for (const runId of runIds) await finishRun(registry, clock, runId, error);
    tell({ what: 'failed', error: describeError(error) });
  }
}

async function verifyAll(): Promise<void> {
  try {
    const report = await verify(home, { repair: true });
    tell({ what: 'published' });
    const drift = report.drift.map(({ what, problem }) => ({ what, problem }));
    tell({ what: 'verified', report: { ...report, drift } });
  } catch (error) {
    tell({ what: 'published' });
    tell({ what: 'failed', error: describeError(error) });
  }
}

port.on('message', (message) => {
  const order = CompileOrder.parse(message);
  void (order.verify ? verifyAll() : compile(order));
});
