import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { isCanaryForm } from '../shared/canary/canary-scope.ts';
import { refusal, type DoorHandler, type DoorResult } from '../shared/http/door.ts';
import { problemMediaType } from '../shared/http/problems.ts';
import { routeKey, type Door, type OperationRow } from '../shared/http/operations/operation.ts';
import { wrap, type Outcome, type Report, type Subject, type TakeMeasure } from './wrap.ts';

const Coded = z.object({ code: z.string() });

function codeOf({ headers, body }: DoorResult): string | undefined {
  const code = headers?.['x-problem-code'];
  if (typeof code === 'string') return code;
  if (headers?.['content-type'] !== problemMediaType || body === undefined) return undefined;
  return Coded.safeParse(JSON.parse(body)).data?.code;
}

/** How a submission was answered, and, of everything else, what was refused or failed. */
function countOf(
  operation: string,
  status: number,
  code: string | undefined,
  formId: string | undefined,
): string | undefined {
  // What the protocol knows and we do not do is no failure of ours: 501.
  if (status >= 500 && code !== 'not-implemented') return 'Failed';
  if (code === 'conflict') return 'Conflict';
  // The canary tells itself how it fared. Counted among them, it would be most of what is sent.
  if (isCanaryForm(formId)) return undefined;
  if (status >= 400) return 'Refused';
  if (operation !== 'createSubmission' && operation !== 'createKeySubmission') return undefined;
  return status === 201 ? 'Accepted' : 'Replayed';
}

/** The entry of a door: `create` gets the functions that report what fails or is measured inside. */
export function wrapDoor(
  door: Door,
  rows: readonly OperationRow[],
  create: (report: Report, take: TakeMeasure) => DoorHandler,
) {
  const names = new Map(rows.map((row) => [routeKey(row), row.operation]));
  const subjectOf = (event: APIGatewayProxyEventV2): Subject => ({
    operation: names.get(event.routeKey) ?? 'none',
    requestId: event.requestContext.requestId,
  });
  return wrap<APIGatewayProxyEventV2, DoorResult>({
    service: door,
    create,
    subject: subjectOf,
    outcome: (result, event): Outcome => {
      const status = result.statusCode ?? 200;
      const code = codeOf(result);
      const count = countOf(
        subjectOf(event).operation,
        status,
        code,
        event.pathParameters?.['formId'],
      );
      return {
        status,
        ...(code === undefined ? {} : { code }),
        ...(count === undefined ? {} : { count }),
      };
    },
    failure: (error, { headers, rawPath, requestContext }) => ({
      response: refusal(error, {
        path: rawPath,
        acceptLanguage: headers['accept-language'],
        requestId: requestContext.requestId,
      }),
    }),
  });
}
