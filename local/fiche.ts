/** `npm run fiche -- …`: the operator's tool. */
import { once } from 'node:events';
import { languageOf } from './language.ts';
import { runFiche } from './run-fiche.ts';

process.exitCode = await runFiche(process.argv.slice(2), {
  language: languageOf(process.env),
  interactive: process.stderr.isTTY,
  isScreen: process.stdout.isTTY,
  out: (line) => {
    console.log(line);
  },
  err: (line) => {
    console.error(line);
  },
  write: async (bytes) => {
    if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
  },
});
