import type { JsonValue } from '../../json.ts';

/** How many records the parts before had, of writers that save nothing else. */
export function recordsBefore(resumed: JsonValue | undefined): number {
  return typeof resumed === 'number' ? resumed : 0;
}
