import { attackAll, inWords } from './attacks.ts';
import { everyKindHistory } from './scenario.ts';

/**
 * The attacks in a few seconds, for `mutations.test.ts`: says what was found, and fails if anything
 * was. With fixed seeds, so that what is found is the rule's fault and not that of chance.
 */
const view = await everyKindHistory(5, { records: 100, compiles: 6 }, 'core');
const shown = view.snapshots.at(-1)?.public.get('fiche.csv')?.toString().trim().split('\n').length;
process.stdout.write(`${shown ?? 0} lines are public\n`);
const found = await attackAll(view);
process.stdout.write(`${inWords(found)}\n`);
process.exitCode = found.size > 0 ? 1 : 0;
