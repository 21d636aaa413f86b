import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { receiveUndelivered } from '../../../../local/deployed/undelivered.ts';

const queue = mockClient(SQSClient);
const url = 'https://queue.example.org/undelivered';

/** Answers with these messages, ten at a time as SQS does, then with none. */
function fill(bodies: readonly string[]): void {
  let begin = 0;
  queue.on(ReceiveMessageCommand).callsFake(() => {
    const part = bodies.slice(begin, begin + 10);
    const Messages = part.map((Body, index) => ({ Body, ReceiptHandle: String(begin + index) }));
    begin += part.length;
    return part.length === 0 ? {} : { Messages };
  });
}

beforeEach(() => {
  queue.reset();
  queue.on(DeleteMessageBatchCommand).resolves({});
});

describe('what was not delivered', () => {
  it('is received whole, and deleted only when it is to be forgotten', async () => {
    fill(Array.from({ length: 23 }, () => '{"full":false}'));
    const undelivered = await receiveUndelivered(url);
    expect(undelivered).toMatchObject({ count: 23, deaths: [] });
    expect(queue.commandCalls(DeleteMessageBatchCommand)).toEqual([]);
    await undelivered.forget();
    const deleted = queue
      .commandCalls(DeleteMessageBatchCommand)
      .flatMap(({ args: [{ input }] }) => input.Entries ?? []);
    expect(deleted.map((entry) => entry.ReceiptHandle)).toEqual(
      Array.from({ length: 23 }, (_, index) => String(index)),
    );
  });

  it('tells of compiles that died, as the rule has it or as it was heard', async () => {
    fill([
      '{"runId":"one","died":"ABORTED"}',
      '{"detail-type":"…","detail":{"name":"two","status":"TIMED_OUT","input":"{}"}}',
      '{"full":true}',
      'no JSON',
    ]);
    expect((await receiveUndelivered(url)).deaths).toEqual([
      { runId: 'one', died: 'ABORTED' },
      { runId: 'two', died: 'TIMED_OUT' },
    ]);
  });

  it('says so when a message could not be deleted', async () => {
    fill(['{}']);
    queue
      .on(DeleteMessageBatchCommand)
      .resolves({ Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] });
    const undelivered = await receiveUndelivered(url);
    await expect(undelivered.forget()).rejects.toThrow('InternalError');
  });
});
