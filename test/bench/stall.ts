import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { Client } from '../support/client.ts';
import { median, type Bench } from './figures.ts';
import { hostileBodies } from './hostile-bodies.ts';
import { surveyAnswers, surveyForm } from './survey-form.ts';

const runs = 7;
const questions = 250;
const Ready = z.object({ url: z.string(), token: z.string(), home: z.string() });

export const stallBench: Bench = {
  name: 'stall',
  async run() {
    const child = spawn(process.execPath, ['test/bench/stall-child.ts'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const nextLine = async (): Promise<string> => {
      for (;;) {
        const line = await lines.next();
        if (line.done === true) throw new Error('The server ended.');
        if (/^[{\d-]/.test(line.value)) return line.value;
      }
    };
    const longest = async (): Promise<number> => {
      child.stdin.write('?\n');
      return Number(await nextLine());
    };
    const { url, token, home } = Ready.parse(JSON.parse(await nextLine()));
    const coordinator = new Client(url, token);
    await coordinator.put('/v1/forms/bench/draft', surveyForm(questions));
    await coordinator.post('/v1/forms/bench/publish');
    await coordinator.put('/v1/forms/regex/draft', {
      survey: [{ type: 'text', name: 'a', label: 'a', constraint: "regex(., '(a+)+$')" }],
      choices: [],
      settings: { form_title: 'Regex', version: '1' },
    });
    await coordinator.post('/v1/forms/regex/publish');
    const ordinary: number[] = [];
    const attacked: number[] = [];
    let sent = 0;
    const hostile = hostileBodies(token);
    await longest();
    for (let run = 0; run < runs; run += 1) {
      for (let index = 0; index < hostile.length; index += 1) {
        sent += 1;
        await coordinator.submit('bench', `plain-${sent}-xx`, surveyAnswers(questions, sent));
      }
      ordinary.push(await longest());
      for (const { path, contentType, raw } of hostile) {
        const answer = await coordinator
          .request('POST', path, { raw, headers: { 'content-type': contentType } })
          .catch(() => undefined);
        // What a phone sends is received with its issues where JSON is refused.
        if (answer !== undefined && answer.status >= 500) {
          throw new Error(`A hostile body was answered ${answer.status}.`);
        }
      }
      attacked.push(await longest());
    }
    child.stdin.end();
    await exited;
    await rm(home, { recursive: true });
    const worst = median(attacked);
    return [
      {
        what: 'longest stall of the event loop under hostile bodies',
        measured: `${worst.toFixed(1)} ms`,
        baseline: `ordinary submissions: ${median(ordinary).toFixed(1)} ms`,
        value: worst,
        unit: 'ms',
        target: { atMost: 100 },
      },
    ];
  },
};
