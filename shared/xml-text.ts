/** What neither text nor attribute can hold as it is; of control characters, XML knows only three. */
const special = /[&<>"\p{Cc}\ufffe\uffff]/gu;
const replacement = '\ufffd';

const escapes: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  // Always: `]]>` must not stand in text.
  ['>', '&gt;'],
  // A parser turns a bare CR into LF.
  ['\r', '&#13;'],
]);
const plainInText: ReadonlySet<string> = new Set(['"', '\t', '\n']);
const inAttributes: ReadonlyMap<string, string> = new Map([
  ...escapes,
  ['"', '&quot;'],
  // A parser turns bare ones into spaces.
  ['\t', '&#9;'],
  ['\n', '&#10;'],
]);

/** Text between tags. What XML cannot hold (control characters, lone surrogates) becomes U+FFFD. */
export function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replace(
      special,
      (found) =>
        escapes.get(found) ?? (plainInText.has(found) || isHigh(found) ? found : replacement),
    );
}

/** A value between double quotes, whitespace kept. */
export function xmlAttribute(text: string): string {
  return text
    .toWellFormed()
    .replace(special, (found) => inAttributes.get(found) ?? (isHigh(found) ? found : replacement));
}

/** DEL and the C1 controls: odd, but XML has them. */
function isHigh(found: string): boolean {
  return found >= '\u007f' && found <= '\u009f';
}

/** ` name="value"` for each pair that has a value. */
export function xmlAttributes(
  pairs: Iterable<readonly [name: string, value: string | undefined]>,
): string {
  let written = '';
  for (const [name, value] of pairs) {
    if (value !== undefined) written += ` ${name}="${xmlAttribute(value)}"`;
  }
  return written;
}

const start = String.raw`A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd`;
const further = String.raw`\u0300-\u036f\u203f\u2040\xb7.0-9-`;
/**
 * A name without prefix (NCName of Namespaces in XML 1.0), as the source of an expression over
 * well-formed text: characters beyond the first 65,536 are pairs of surrogates, of which the first
 * says whether a name may have them.
 */
export const xmlName = String.raw`[${start}\ud800-\udb7f][${start}${further}\ud800-\udb7f\udc00-\udfff]*`;
// eslint-disable-next-line no-misleading-character-class -- halves of pairs are what is meant
const plainName = new RegExp(`^${xmlName}$`);

/** True for a name of an element or attribute without prefix. */
export function isXmlName(name: string): boolean {
  return name.isWellFormed() && plainName.test(name);
}
