import { adapters } from '../adapters.ts';
import { wrapDoor } from '../wrap-door.ts';
import { registryHandler } from './handler.ts';

export const handler = wrapDoor('registry', (report) => registryHandler({ ...adapters(), report }));
