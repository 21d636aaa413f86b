import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import type { MiddlewareObj } from '@middy/core';

/** Traces with X-Ray how long a function and the services that it calls take, never what they say. */
export function trace<Event, Result>(service: string): MiddlewareObj<Event, Result> {
  return captureLambdaHandler(new Tracer({ serviceName: service }), { captureResponse: false });
}
