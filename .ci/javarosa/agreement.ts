/**
 * Asks JavaRosa the corpus of expressions: `export WRITER FILE` writes the questions, `compare WRITER
 * FILE` reads its answers. WRITER is `by-hand` or `by-fiche`: who writes the XForms.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { failed, knownDifferences, posedCorpus } from '../../test/support/expression-agreement.ts';
import { javaRosaByHand, javaRosaDifferences } from '../../test/support/expression-differences.ts';
import { ownResults, type Results } from '../../test/support/expression-forms.ts';
import { ownXformOf, xformOf } from '../../test/support/expression-xform.ts';

const Answers = z.array(
  z.object({ name: z.string(), values: z.array(z.string()), error: z.string() }),
);
const writers = new Map([
  ['by-hand', { write: xformOf, differences: [...javaRosaDifferences, ...javaRosaByHand] }],
  ['by-fiche', { write: ownXformOf, differences: javaRosaDifferences }],
]);

/** Prints what differs unexpectedly; returns how many expressions are as they should be, and how many not. */
function compare(file: string, known: Results): { passed: number; wrong: number } {
  const answers = Answers.parse(JSON.parse(readFileSync(file, 'utf8')));
  const theirs = new Map(answers.map((one) => [one.name, one]));
  const ours = ownResults(posedCorpus);
  let [same, listed, wrong] = [0, 0, 0];
  for (const { name, at, source } of posedCorpus) {
    const answer = theirs.get(name);
    const values = answer === undefined || answer.error !== '' ? failed : answer.values;
    const expected = known.get(name) ?? ours.get(name);
    if (JSON.stringify(values) === JSON.stringify(expected)) {
      if (known.has(name)) listed++;
      else same++;
      continue;
    }
    wrong++;
    console.log(`FAILED at ${at}: ${source}`);
    console.log(`  ours ${JSON.stringify(ours.get(name))}`);
    console.log(`  listed ${JSON.stringify(known.get(name) ?? 'as ours')}`);
    console.log(`  JavaRosa ${JSON.stringify(values)} ${answer?.error ?? 'did not answer'}`);
  }
  console.log(`${same} of ${posedCorpus.length} agree, ${listed} differ as listed`);
  return { passed: same + listed, wrong };
}

const [command, writer = '', file] = process.argv.slice(2);
const by = writers.get(writer);
if (by === undefined || file === undefined) throw new Error('Which writer, and which file?');
if (command === 'export') {
  const questions = posedCorpus.map((one) => ({ name: one.name, xform: by.write([one]) }));
  writeFileSync(file, JSON.stringify(questions));
} else {
  const { passed, wrong } = compare(file, knownDifferences(by.differences));
  console.log(`${passed} passed, ${wrong} failed`);
  process.exitCode = wrong === 0 && passed > 0 ? 0 : 1;
}
