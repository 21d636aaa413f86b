import { adapters } from '../adapters.ts';
import { wrapDoor } from '../wrap-door.ts';
import { registryHandler, registryOperations } from './handler.ts';

export const handler = wrapDoor('registry', registryOperations, (report) =>
  registryHandler({ ...adapters(), report }),
);
