import type { Command } from './command.ts';
import { backup } from './commands/backup-command.ts';
import { compile } from './commands/compile-command.ts';
import { coverage } from './commands/coverage-command.ts';
import { duplicates } from './commands/duplicates-command.ts';
import { erase } from './commands/erase-command.ts';
import { exportDataset } from './commands/export-command.ts';
import { forms } from './commands/forms-command.ts';
import { importSubmissions } from './commands/import-command.ts';
import { init } from './commands/init-command.ts';
import { keys } from './commands/keys-command.ts';
import { redrive } from './commands/redrive-command.ts';
import { restore } from './commands/restore-command.ts';
import { risk } from './commands/risk-command.ts';
import { status } from './commands/status-command.ts';
import { token } from './commands/token-command.ts';
import { verify } from './commands/verify-command.ts';
import { versions } from './commands/versions-command.ts';

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
