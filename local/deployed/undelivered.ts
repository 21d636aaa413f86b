import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Undelivered } from '../installation.ts';

/** Seconds for which messages that were received are shown to nobody else: as long as a compile may last. */
const hidden = 2 * 60 * 60;

/** Receives what waits in the queue of scheduled starts that could not be delivered. */
export async function receiveUndelivered(queueUrl: string): Promise<Undelivered> {
  const client = new SQSClient({});
  const handles: string[] = [];
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
    }
  } finally {
    client.destroy();
  }
  return {
    count: handles.length,
    forget: () => deleteAll(queueUrl, handles),
  };
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
