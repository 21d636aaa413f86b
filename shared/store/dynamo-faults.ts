import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { Fault } from '../fault.ts';

/** What DynamoDB answers. Throws what `dynamoFault` makes of its errors. */
export async function answerOf<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw dynamoFault(error);
  }
}

/**
 * Throttling, time-outs, broken connections, missing rights and faults of the service: all of them
 * `store-unavailable`, with the cause for the log. What DynamoDB calls invalid is a record too large,
 * a forged position, or a bug of ours, which stays what it is.
 */
export function dynamoFault(error: unknown): unknown {
  if (!(error instanceof DynamoDBServiceException) || error.name !== 'ValidationException') {
    return error instanceof Fault ? error : new Fault('store-unavailable', { cause: error });
  }
  if (/item size/i.test(error.message)) return new Fault('record-too-large', { cause: error });
  if (/exclusive ?start ?key|starting key/i.test(error.message)) {
    return new Fault('malformed-request', { cause: error });
  }
  return error;
}
