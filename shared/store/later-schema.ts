import { Fault } from '../fault.ts';

/** The record was written by a later release than this one. */
class LaterSchema extends Error {
  override readonly name = 'LaterSchema';
}

/** What is thrown rather than misread or write over what a later release has written. */
export function laterSchema(): Fault {
  return new Fault('store-unavailable', { cause: new LaterSchema() });
}
