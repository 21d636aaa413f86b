import type { JsonObject, JsonValue } from '../../json.ts';

/** How one kind of answer is read from JSON, shown to expressions and described. */
export interface Shape {
  /** The answer as it is kept (members in a fixed order), or undefined if it has not this shape. */
  read(value: JsonValue): JsonValue | undefined;
  /** XPath's string-value of an answer that `read` returned. */
  text(value: JsonValue): string;
  /** The answer that this text means, as in a calculation, a CSV cell or an XForm; undefined: none. */
  parse(text: string): JsonValue | undefined;
  /** JSON Schema of the answer, without its choices. */
  readonly schema: JsonObject;
}
