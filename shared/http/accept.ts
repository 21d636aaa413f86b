import { Fault } from '../fault.ts';

const mediaRange =
  /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\/([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*((?:;[^;]*)*)$/;
const weight = /;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*$/i;

/** How well a range fits a type: 3 exactly, 2 `type/*`, 1 any type, 0 not. */
function fit(type: string, subtype: string, mediaType: string): number {
  if (`${type}/${subtype}` === mediaType) return 3;
  if (subtype !== '*') return 0;
  if (type === '*') return 1;
  return mediaType.startsWith(`${type}/`) ? 2 : 0;
}

/**
 * Whether a client that sent this Accept takes one of these media types (RFC 9110, 12.5.1): the
 * most specific range decides, and `q=0` refuses. Ranges that cannot be read are passed over.
 */
export function accepts(accept: string | undefined, mediaTypes: readonly string[]): boolean {
  if (accept === undefined) return true;
  const ranges = accept.split(',').flatMap((part) => {
    const match = mediaRange.exec(part);
    if (match === null) return [];
    const quality = Number(weight.exec(match[3] ?? '')?.[1] ?? 1);
    return [
      { type: (match[1] ?? '').toLowerCase(), subtype: (match[2] ?? '').toLowerCase(), quality },
    ];
  });
  if (ranges.length === 0) return true;
  return mediaTypes.some((mediaType) => {
    let best = { fit: 0, quality: 0 };
    for (const { type, subtype, quality } of ranges) {
      const found = fit(type, subtype, mediaType);
      if (found > best.fit) best = { fit: found, quality };
    }
    return best.quality > 0;
  });
}

/** Throws Fault `not-acceptable` unless the client takes one of these media types. */
export function requireAcceptable(accept: string | undefined, mediaTypes: readonly string[]): void {
  if (!accepts(accept, mediaTypes)) throw new Fault('not-acceptable', { extra: { mediaTypes } });
}
