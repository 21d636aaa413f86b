import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { compileStateMachine } from '../../shared/config.ts';
import { Fault } from '../../shared/fault.ts';
import { boundRequests, doorPatience, requestSettings } from '../bound-requests.ts';

/**
 * Starts the state machine that compiles; the run's id is the execution's name, so a start that is
 * repeated because its answer was lost starts nothing twice. Throws Fault `store-unavailable`.
 */
export async function startExecution(runId: string): Promise<void> {
  const client = new SFNClient({ requestHandler: requestSettings(doorPatience) });
  try {
    await boundRequests(client, doorPatience).send(
      new StartExecutionCommand({
        stateMachineArn: compileStateMachine(),
        name: runId,
        input: JSON.stringify({ full: false }),
      }),
    );
  } catch (error) {
    throw new Fault('store-unavailable', { cause: error });
  }
}
