/** Any value that JSON can carry. Answers, definitions and details of problems are made of it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The own property `key` of `object`, never one inherited from Object.prototype: a question may be
 * called `toString`.
 */
export function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Any character but those that stand for themselves; what is rare is left to JSON.stringify. */
const mayNeedEscape = /[^ !#-[\]-\ud7ff]/;

function quoted(text: string): string {
  return mayNeedEscape.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/**
 * JSON text with the keys of every object in code-unit order: equal values give equal text. Written
 * by hand because every submission is hashed in this form, and JSON.stringify, called for each key
 * and value, took half as long again.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) {
    return `[${(value as readonly JsonValue[]).map(canonicalJson).join(',')}]`;
  }
  if (!isJsonObject(value)) return JSON.stringify(value);
  let text = '{';
  for (const key of Object.keys(value).sort()) {
    if (text.length > 1) text += ',';
    text += `${quoted(key)}:${canonicalJson(value[key] ?? null)}`;
  }
  return `${text}}`;
}
