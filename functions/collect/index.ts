import { adapters } from '../adapters.ts';
import { stepPatience } from '../bound-requests.ts';
import { withKeys, wrapStep } from '../wrap-step.ts';
import { collectHandler } from './handler.ts';

export const handler = wrapStep('collect', () => withKeys(adapters(stepPatience), collectHandler));
