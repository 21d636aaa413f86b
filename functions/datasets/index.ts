import { adapters } from '../adapters.ts';
import { wrapDoor } from '../wrap-door.ts';
import { datasetsHandler } from './handler.ts';
import { startExecution } from './start-execution.ts';

export const handler = wrapDoor('datasets', (report) =>
  datasetsHandler({ ...adapters(), startCompile: startExecution, report }),
);
