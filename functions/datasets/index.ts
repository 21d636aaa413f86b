import { adapters } from '../adapters.ts';
import { wrapDoor } from '../wrap-door.ts';
import { datasetsHandler, datasetsOperations, type CompileStarter } from './handler.ts';

/** The client of Step Functions is loaded with the first compile that someone asks for: few do. */
const startCompile: CompileStarter = async (runId) => {
  const { startExecution } = await import('./start-execution.ts');
  await startExecution(runId);
};

export const handler = wrapDoor('datasets', datasetsOperations, (report) =>
  datasetsHandler({ ...adapters(), startCompile, report }),
);
