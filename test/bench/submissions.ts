import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../support/client.ts';
import { startServer } from '../support/start-server.ts';
import { startChild } from './child.ts';
import { alternate, median, quantile, type Bench } from './figures.ts';
import { load, rawRequest, type LoadResult } from './load.ts';
import { surveyAnswers, surveyForm } from './survey-form.ts';

const questions = 250;
const requests = 3_000;
const warmUp = 1_500;
const runs = 7;
const connections = 16;

let batch = 0;

/** New submissions each time: a replay would be cheaper than a first time. */
function submissions(path: string, token: string, count: number): Buffer[] {
  batch += 1;
  return Array.from({ length: count }, (_, row) =>
    rawRequest(
      'POST',
      path,
      { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      JSON.stringify({
        instanceId: `bench-${batch}-${row}`,
        answers: surveyAnswers(questions, row),
      }),
    ),
  );
}

export const submissionsBench: Bench = {
  name: 'submissions',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'fiche-bench-'));
    const bare = await startChild('test/bench/bare-server.ts', [join(folder, 'bare.sqlite')]);
    const server = await startServer();
    try {
      const coordinator = new Client(server.url, server.coordinatorToken);
      await coordinator.put('/v1/forms/bench/draft', surveyForm(questions));
      await coordinator.post('/v1/forms/bench/publish');
      const accept = new Set([201]);
      const send = (url: string, count: number): Promise<LoadResult> =>
        load(url, submissions('/v1/forms/bench/submissions', server.coordinatorToken, count), {
          connections,
          accept,
        });
      await send(bare.firstLine, warmUp);
      await send(server.url, warmUp);
      const { first: floor, second: ours } = await alternate(
        runs,
        () => send(bare.firstLine, requests),
        () => send(server.url, requests),
      );
      const rate = median(ours.map(({ perSecond }) => perSecond));
      const bareRate = median(floor.map(({ perSecond }) => perSecond));
      const failures = ours.reduce((sum, { failures }) => sum + failures, 0);
      const p50 = median(ours.map(({ latencies }) => quantile(latencies, 0.5)));
      const p99 = median(ours.map(({ latencies }) => quantile(latencies, 0.99)));
      const bareP99 = median(floor.map(({ latencies }) => quantile(latencies, 0.99)));
      return [
        {
          what: `submissions of ${questions} questions, ${connections} connections, durable`,
          measured: `${rate.toFixed(0)}/s`,
          baseline: `bare Node + SQLite: ${bareRate.toFixed(0)}/s`,
          value: (100 * rate) / bareRate,
          unit: '%',
          target: { atLeast: 50 },
        },
        {
          what: 'their p99 over their p50',
          measured: `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
          baseline: `bare p99 ${bareP99.toFixed(1)} ms`,
          value: p99 / p50,
          unit: '×',
          target: { atMost: 5 },
        },
        {
          what: `failures among ${runs * requests}`,
          measured: String(failures),
          baseline: '–',
          value: failures,
          unit: '',
          target: { atMost: 0 },
        },
      ];
    } finally {
      await server.kill();
      await bare.stop();
      await rm(folder, { recursive: true });
    }
  },
};
