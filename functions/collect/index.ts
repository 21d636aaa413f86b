import { adapters } from '../adapters.ts';
import { wrapStep } from '../wrap-step.ts';
import { collectHandler } from './handler.ts';

export const handler = wrapStep('collect', () => collectHandler(adapters()));
