import { adapters } from '../adapters.ts';
import { wrapDoor } from '../wrap-door.ts';
import { submissionsHandler } from './handler.ts';

export const handler = wrapDoor('submissions', (report) =>
  submissionsHandler({ ...adapters(), report }),
);
