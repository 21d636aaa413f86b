/** Prefixes that every XForm declares. */
const usual = ['h', 'xsd', 'jr', 'ev', 'odk', 'orx', 'entities'];
const declaration = /([\p{L}_][\p{L}\p{N}_.-]*)\s*=\s*(?:"([^"<>&\s]+)"|'([^'<>&\s]+)')/gu;

/** Namespaces that the setting of that name declares: `esri="https://esri.com/xforms" …`, by prefix. */
export function readNamespaces(setting: string): ReadonlyMap<string, string> {
  const declared = new Map<string, string>();
  const straight = setting.replaceAll(/[“”]/g, '"').replaceAll(/[‘’]/g, "'");
  for (const [, prefix = '', double, single] of straight.matchAll(declaration)) {
    declared.set(prefix, double ?? single ?? '');
  }
  return declared;
}

/** The prefixes that attributes of a form may have. */
export function knownPrefixes(setting: string): ReadonlySet<string> {
  return new Set([...usual, ...readNamespaces(setting).keys()]);
}

const attributeName = /^(?:([\p{L}_][\p{L}\p{N}_.-]{0,99}):)?[\p{L}_][\p{L}\p{N}_.-]{0,99}$/u;

/** True for a name that XML takes for an attribute, its prefix among those known. */
export function isAttributeName(name: string, prefixes: ReadonlySet<string>): boolean {
  const match = attributeName.exec(name);
  const prefix = match?.[1];
  return match !== null && name !== 'xmlns' && (prefix === undefined || prefixes.has(prefix));
}
