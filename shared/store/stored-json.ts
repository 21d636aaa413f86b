import * as z from 'zod';

/** An attribute that holds JSON as text, then what `inner` makes of it. Throws SyntaxError for a text that is not JSON. */
export const storedJson = <T extends z.ZodType>(inner: T) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(inner);
