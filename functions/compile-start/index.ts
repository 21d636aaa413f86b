import { adapters } from '../adapters.ts';
import { stepPatience } from '../bound-requests.ts';
import { wrapStep } from '../wrap-step.ts';
import { compileStartHandler } from './handler.ts';

export const handler = wrapStep('compile-start', () => compileStartHandler(adapters(stepPatience)));
