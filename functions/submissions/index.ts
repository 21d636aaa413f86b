import { adapters } from '../adapters.ts';
import { doorPatience } from '../bound-requests.ts';
import { submissions } from '../../shared/http/operations/submissions.ts';
import { wrapDoor } from '../wrap-door.ts';
import { submissionsHandler } from './handler.ts';

export const handler = wrapDoor('submissions', submissions, (report, take) =>
  submissionsHandler({ ...adapters(doorPatience, take), report }),
);
