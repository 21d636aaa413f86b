import { adapters } from '../adapters.ts';
import { stepPatience } from '../bound-requests.ts';
import { wrapStep } from '../wrap-step.ts';
import { publishHandler } from './handler.ts';

export const handler = wrapStep('publish', () => publishHandler(adapters(stepPatience)));
