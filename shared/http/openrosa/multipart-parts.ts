/** As RFC 2046 has them: what a boundary may hold, so that it can be quoted as it is. */
const boundaryPattern = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i;
const boundaryText = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;

/** The boundary that a Content-Type names; undefined if it names none, or none that there can be. */
export function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] = boundaryPattern.exec(contentType) ?? [];
  const boundary = quoted ?? plain ?? '';
  return boundaryText.test(boundary) ? boundary : undefined;
}

/**
 * How many parts a body has, counting no further than one more than `most`; undefined if it does not
 * end as it should, because the line broke or the boundary is another one. A parser of streams
 * would wait for the rest.
 */
export function countParts(body: Buffer, boundary: string, most: number): number | undefined {
  const dashed = Buffer.from(`--${boundary}`);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  let parts = 0;
  let end = body.subarray(0, dashed.length).equals(dashed)
    ? dashed.length
    : next(body, delimiter, 0);
  while (end !== -1) {
    if (body[end] === dash && body[end + 1] === dash) return parts;
    parts += 1;
    if (parts > most) return parts;
    end = next(body, delimiter, end);
  }
  return undefined;
}

const dash = 0x2d;

/** Where the next delimiter ends; -1 without one. */
function next(body: Buffer, delimiter: Buffer, from: number): number {
  const at = body.indexOf(delimiter, from);
  return at === -1 ? -1 : at + delimiter.length;
}
