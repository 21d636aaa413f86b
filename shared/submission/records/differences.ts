import type { FormModel } from '../../form/model.ts';
import { canonicalJson, isJsonObject, own, type JsonObject, type JsonValue } from '../../json.ts';

/** One answer that changed. `pointer` is a JSON pointer; null stands for "no answer". */
export interface Difference {
  readonly pointer: string;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

/**
 * What differs between two sets of answers, question by question: a geopoint or the codes of a
 * select_multiple are one answer, a group and the instances of a repeat are gone into. Pointers
 * begin with `prefix`. What `model` does not know (answers to another version) is gone into as far
 * as objects and arrays of objects reach.
 */
export function differences(
  before: JsonObject,
  after: JsonObject,
  options: { readonly prefix: string; readonly model?: FormModel | undefined },
): readonly Difference[] {
  const questions = new Set(options.model?.questions.map(({ path }) => path.join('/')));
  const found: Difference[] = [];

  const compare = (one: JsonValue, other: JsonValue, pointer: string, path: string): void => {
    const known = questions.has(path);
    if (!known && branches(one, isJsonObject) && branches(other, isJsonObject)) {
      compareObjects(one ?? {}, other ?? {}, pointer, path);
    } else if (!known && branches(one, isRepeat) && branches(other, isRepeat)) {
      compareRepeats(one ?? [], other ?? [], pointer, path);
    } else if (canonicalJson(one) !== canonicalJson(other)) {
      found.push({ pointer, before: one, after: other });
    }
  };

  const compareObjects = (
    one: JsonObject,
    other: JsonObject,
    pointer: string,
    path: string,
  ): void => {
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      const inner = path === '' ? key : `${path}/${key}`;
      const escaped = key.replaceAll('~', '~0').replaceAll('/', '~1');
      compare(own(one, key) ?? null, own(other, key) ?? null, `${pointer}/${escaped}`, inner);
    }
  };

  const compareRepeats = (
    one: readonly JsonObject[],
    other: readonly JsonObject[],
    pointer: string,
    path: string,
  ): void => {
    for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
      compare(one[index] ?? null, other[index] ?? null, `${pointer}/${index}`, path);
    }
  };

  compareObjects(before, after, options.prefix, '');
  return found;
}

/** True if `value` is of that kind or missing: a group that has come or gone is gone into as well. */
function branches<T extends JsonValue>(
  value: JsonValue,
  kind: (value: JsonValue) => value is T,
): value is T | null {
  return value === null || kind(value);
}

function isRepeat(value: JsonValue): value is readonly JsonObject[] {
  return Array.isArray(value) && value.length > 0 && value.every(isJsonObject);
}
