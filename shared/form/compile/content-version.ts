import { canonicalJson } from '../../json.ts';
import type { FormDefinition } from '../definition.ts';

/**
 * A version for a form that states none: a digest (cyrb53) of its content, so that equal forms have
 * equal versions. Not node:crypto, because browsers compile forms too and nothing secret hangs on it.
 */
export function contentVersion(definition: FormDefinition): string {
  const { survey, choices, settings, external_choices: external, files } = definition;
  const text = canonicalJson({
    ...{ survey, choices, settings },
    ...(external === undefined ? {} : { external_choices: external }),
    ...(files === undefined ? {} : { files }),
  });
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2_654_435_761);
    low = Math.imul(low ^ unit, 1_597_334_677);
  }
  high =
    Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low =
    Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
  return `${hex(low)}${hex(high)}`;
}
