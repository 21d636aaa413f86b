import type { Command } from './command.ts';
import { backup } from './commands/backup.ts';
import { compile } from './commands/compile.ts';
import { coverage } from './commands/coverage.ts';
import { duplicates } from './commands/duplicates.ts';
import { erase } from './commands/erase.ts';
import { exportDataset } from './commands/export.ts';
import { forms } from './commands/forms.ts';
import { importSubmissions } from './commands/import.ts';
import { init } from './commands/init.ts';
import { keys } from './commands/keys.ts';
import { redrive } from './commands/redrive.ts';
import { restore } from './commands/restore.ts';
import { risk } from './commands/risk.ts';
import { status } from './commands/status.ts';
import { token } from './commands/token.ts';
import { verify } from './commands/verify.ts';
import { versions } from './commands/versions.ts';

/** Every command of the operator's tool. Adding one is a row here. */
export const commands: readonly Command[] = [
  init,
  status,
  token,
  forms,
  importSubmissions,
  exportDataset,
  compile,
  duplicates,
  coverage,
  risk,
  verify,
  backup,
  restore,
  erase,
  redrive,
  keys,
  versions,
];
