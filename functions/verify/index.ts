import { adapters } from '../adapters.ts';
import { wrapStep } from '../wrap-step.ts';
import { verifyHandler } from './handler.ts';

export const handler = wrapStep(
  'verify',
  () => verifyHandler(adapters()),
  ({ drift }) => (drift.length === 0 ? {} : { drift, count: 'Drift' }),
);
