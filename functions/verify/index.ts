import { adapters } from '../adapters.ts';
import { stepPatience } from '../bound-requests.ts';
import { withKeys, wrapStep } from '../wrap-step.ts';
import { verifyHandler } from './handler.ts';

export const handler = wrapStep(
  'verify',
  () => withKeys(adapters(stepPatience), verifyHandler),
  ({ drift }) => (drift.length === 0 ? {} : { drift, count: 'Drift' }),
);
