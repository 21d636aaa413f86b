import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { Death, Undelivered } from '../installation.ts';

/**
 * Seconds for which messages that were received are shown to nobody else: longer than all but the
 * largest compiles. After one that lasts longer they are there again, which does no harm.
 */
const hidden = 2 * 60 * 60;

/** Receives what waits in the queue of scheduled starts that could not be delivered. */
export async function receiveUndelivered(queueUrl: string): Promise<Undelivered> {
  const client = new SQSClient({});
  const handles: string[] = [];
  const deaths: Death[] = [];
  try {
    for (;;) {
      const { Messages: messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: hidden,
          // Asks all servers of the queue: a short poll asks some, and may find nothing where there is.
          WaitTimeSeconds: 1,
        }),
      );
      if (messages.length === 0) break;
      handles.push(...messages.flatMap(({ ReceiptHandle: handle }) => handle ?? []));
      deaths.push(...messages.flatMap(({ Body: body }) => deathOf(body) ?? []));
    }
  } finally {
    client.destroy();
  }
  return {
    count: handles.length,
    deaths,
    forget: () => deleteAll(queueUrl, handles),
  };
}

/** What the rule about executions that died would have told: as it tells it, or the event that it heard. */
const Told = z.union([
  z.object({ runId: z.string(), died: z.string() }),
  z
    .object({ detail: z.object({ name: z.string(), status: z.string() }) })
    .transform(({ detail: { name, status } }) => ({ runId: name, died: status })),
]);

/** Undefined: the start of something, with which the next compile or visit of the canary deals. */
function deathOf(body: string | undefined): Death | undefined {
  try {
    return Told.safeParse(JSON.parse(body ?? '')).data;
  } catch {
    return undefined;
  }
}

async function deleteAll(queueUrl: string, handles: readonly string[]): Promise<void> {
  const client = new SQSClient({});
  try {
    for (let start = 0; start < handles.length; start += 10) {
      const entries = handles
        .slice(start, start + 10)
        .map((handle, index) => ({ Id: String(index), ReceiptHandle: handle }));
      const { Failed: failed = [] } = await client.send(
        new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
      );
      const [first] = failed;
      if (first !== undefined) throw new Error(`SQS did not delete a message: ${first.Code ?? ''}`);
    }
  } finally {
    client.destroy();
  }
}
