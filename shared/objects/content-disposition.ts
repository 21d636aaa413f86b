/** Marks that turn the direction of text around: `gpj.exe` must not look like `exe.jpg`. */
const turning = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Content-Disposition for a file that is to be saved, never shown, under a name that anyone may have
 * chosen: RFC 6266, with the name in ASCII for old clients and in UTF-8 (RFC 8187) for the others.
 */
export function attachmentDisposition(fileName: string): string {
  const name = fileName.replace(turning, '_').toWellFormed();
  const plain = name.replaceAll(/[^A-Za-z0-9 ._()-]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
