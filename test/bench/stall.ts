import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { Client } from '../support/client.ts';
import { median, type Bench } from './figures.ts';
import { surveyAnswers, surveyForm } from './survey-form.ts';

const runs = 7;
const questions = 250;
const Ready = z.object({ url: z.string(), token: z.string(), home: z.string() });

/** Bodies that have stopped other servers, sent to a form of 250 questions and one with `(a+)+$`. */
const hostile: readonly { readonly form: string; readonly raw: string }[] = [
  { form: 'bench', raw: `{"instanceId":"stall-000","answers":{"__proto__":{"a":1}}}` },
  { form: 'bench', raw: `{"instanceId":"stall-001","answers":{"q1":1e308}}` },
  { form: 'bench', raw: `{"instanceId":"stall-002","answers":{"q1":9007199254740993}}` },
  {
    form: 'bench',
    raw: `{"instanceId":"stall-003","answers":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  },
  { form: 'bench', raw: `{"instanceId":"stall-004","answers":{"q0":"${'x'.repeat(5_000_000)}"}}` },
  {
    form: 'bench',
    raw: `{"instanceId":"stall-005","answers":{"q0":[${'0,'.repeat(400_000)}0]}}`,
  },
  { form: 'regex', raw: `{"instanceId":"stall-006","answers":{"a":"${'a'.repeat(28)}!"}}` },
  { form: 'regex', raw: `{"instanceId":"stall-007","answers":{"a":"${'a'.repeat(50_000)}!"}}` },
];

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
    await longest();
    for (let run = 0; run < runs; run += 1) {
      for (let index = 0; index < hostile.length; index += 1) {
        sent += 1;
        await coordinator.submit('bench', `plain-${sent}-xx`, surveyAnswers(questions, sent));
      }
      ordinary.push(await longest());
      for (const { form, raw } of hostile) {
        const answer = await coordinator
          .request('POST', `/v1/forms/${form}/submissions`, { raw })
          .catch(() => undefined);
        if (answer !== undefined && (answer.status < 400 || answer.status >= 500)) {
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
