import { compileStateMachine } from '../../shared/config.ts';
import { Fault } from '../../shared/fault.ts';
import type { CompileStarter } from './handler.ts';

/**
 * Starts the state machine that compiles; the run's id is the execution's name, so a start that is
 * repeated because its answer was lost starts nothing twice. Throws Fault `store-unavailable`.
 */
export const startExecution: CompileStarter = async (runId) => {
  // Loaded with the first compile that somebody asks for: few requests do.
  const { SFNClient, StartExecutionCommand } = await import('@aws-sdk/client-sfn');
  try {
    await new SFNClient({}).send(
      new StartExecutionCommand({
        stateMachineArn: compileStateMachine(),
        name: runId,
        input: JSON.stringify({ runId, full: false }),
      }),
    );
  } catch (error) {
    throw new Fault('store-unavailable', { cause: error });
  }
};
