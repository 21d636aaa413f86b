/** How many bytes from the start are looked at: as many as file-type needs for nearly all it knows. */
export const sniffedBytes = 4_100;

/** Control characters that no text has; escape and form feed have been seen in texts. */
function isControl(byte: number): boolean {
  return byte < 0x20 && byte !== 0x1b && (byte < 0x09 || byte > 0x0d);
}

const byExtension: ReadonlyMap<string, string> = new Map([
  ['csv', 'text/csv'],
  ['json', 'application/json'],
  ['geojson', 'application/json'],
]);

/**
 * The media type of a file by its first bytes, whatever it is called or was said to be; undefined if
 * they tell nothing. Text has no mark of its own: what has no control characters is text, and its
 * name only says which.
 */
export async function sniffType(start: Uint8Array, fileName: string): Promise<string | undefined> {
  const bytes = start.subarray(0, sniffedBytes);
  // Loaded when the first file comes: most requests bring none.
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(bytes).catch(() => undefined);
  if (found !== undefined && !found.mime.endsWith('/xml')) return plainType(found.mime);
  if (bytes.length === 0) return undefined;
  const text = Buffer.from(bytes).toString('latin1');
  // With a picture in its tag, a recording begins beyond what is looked at.
  if (text.startsWith('ID3')) return 'audio/mpeg';
  const unicode = /^(?:\xff\xfe|\xfe\xff)/.test(text);
  if (unicode) return markupOf(text.replaceAll('\0', '').slice(2)) ?? 'text/plain';
  if (bytes.some(isControl)) return found === undefined ? undefined : plainType(found.mime);
  if (text.startsWith('#!')) return 'text/x-shellscript';
  const markup = markupOf(text.replace(/^\xef\xbb\xbf/, ''));
  if (markup !== undefined) return markup;
  const extension = fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase();
  return byExtension.get(extension) ?? 'text/plain';
}

/** Without parameters, as answers have it. */
function plainType(mime: string): string {
  return mime.split(';', 1)[0]?.trim().toLowerCase() ?? mime;
}

const htmlTags: ReadonlySet<string> = new Set([
  'html',
  'head',
  'body',
  'title',
  'script',
  'iframe',
  'style',
  'table',
  'div',
  'p',
  'br',
  'a',
  'b',
  'h1',
  'img',
  'font',
  'meta',
  'link',
  'form',
  'object',
  'embed',
]);

/** What kind of markup a text begins with, by its first element; undefined: none. */
function markupOf(text: string): string | undefined {
  let isXml = false;
  let rest = text.trimStart();
  for (;;) {
    const skipped = rest.startsWith('<!--') ? '-->' : rest.startsWith('<?') ? '?>' : undefined;
    if (skipped !== undefined) {
      isXml ||= /^<\?xml/i.test(rest);
      const end = rest.indexOf(skipped);
      if (end === -1) return isXml ? 'application/xml' : 'text/html';
      rest = rest.slice(end + skipped.length).trimStart();
    } else if (/^<!doctype/i.test(rest)) {
      if (/^<!doctype\s+html/i.test(rest)) return 'text/html';
      isXml = true;
      const end = rest.indexOf('>');
      if (end === -1) return 'application/xml';
      rest = rest.slice(end + 1).trimStart();
    } else break;
  }
  const tag = /^<(?:[a-z0-9]{1,20}:)?([a-z][a-z0-9]{0,20})(?=[\s/>]|$)/i.exec(rest)?.[1];
  if (tag?.toLowerCase() === 'svg') return 'image/svg+xml';
  if (isXml) return tag?.toLowerCase() === 'html' ? 'application/xhtml+xml' : 'application/xml';
  if (tag !== undefined && htmlTags.has(tag.toLowerCase())) return 'text/html';
  return undefined;
}
