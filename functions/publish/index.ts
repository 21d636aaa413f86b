import { adapters } from '../adapters.ts';
import { stepPatience } from '../bound-requests.ts';
import { withKeys, wrapStep } from '../wrap-step.ts';
import { publishHandler } from './handler.ts';

export const handler = wrapStep('publish', () => withKeys(adapters(stepPatience), publishHandler));
