import { stores } from '../stores.ts';
import { wrapStep } from '../wrap-step.ts';
import { compileEndHandler } from './handler.ts';

export const handler = wrapStep('compile-end', () => compileEndHandler(stores()));
