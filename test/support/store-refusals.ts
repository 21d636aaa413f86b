/** What DynamoDB and S3 answer when they refuse to do anything, as they word it. */
export const refusals = ['throttled', 'error', 'conflict'] as const;
export type Refusal = (typeof refusals)[number];

/** Who is asked; `other`: another service of AWS. */
export type AskedStore = 'dynamodb' | 's3' | 'other';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const dynamoHeaders = { 'content-type': 'application/x-amz-json-1.0' };

const dynamoErrors = {
  throttled: [400, 'ProvisionedThroughputExceededException'],
  error: [500, 'InternalServerError'],
  conflict: undefined,
} as const;

const s3Errors = {
  throttled: [503, 'SlowDown'],
  error: [500, 'InternalError'],
  // Another conditional write for the same key was under way.
  conflict: [409, 'ConditionalRequestConflict'],
} as const;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function s3Error(status: number, code: string): RawAnswer {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>No.</Message></Error>`,
  };
}

/** Undefined: that store has no such refusal. */
export function refusalOf(refusal: Refusal, store: AskedStore): RawAnswer | undefined {
  if (store === 's3') {
    const [status, code] = s3Errors[refusal];
    return s3Error(status, code);
  }
  const known = store === 'dynamodb' ? dynamoErrors[refusal] : undefined;
  if (known === undefined) return undefined;
  const [status, name] = known;
  const body = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'No.' };
  return { status, headers: dynamoHeaders, body: JSON.stringify(body) };
}

/** A batch of reads of which nothing was read. `request`: what was asked for. */
export function unprocessedBatch(request: Uint8Array): RawAnswer {
  const asked: unknown = JSON.parse(Buffer.from(request).toString());
  const keys = asked instanceof Object && 'RequestItems' in asked ? asked.RequestItems : {};
  const body = { Responses: {}, UnprocessedKeys: keys };
  return { status: 200, headers: dynamoHeaders, body: JSON.stringify(body) };
}

/** What a box in between may put in the place of any answer. */
export const garbledAnswer: RawAnswer = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<html><body>Welcome to the network of this hotel.</body></html>',
};
