import { xmlText } from '../../xml-text.ts';

/** A file of a form as phones are told of it. */
export interface ListedFile {
  readonly file: string;
  /** MD5, in hex, of the bytes at `downloadUrl`. */
  readonly md5: string;
  readonly downloadUrl: string;
}

/** The manifest of OpenRosa: the files that a form needs beside itself. */
export function manifestXml(files: readonly ListedFile[]): string {
  const listed = files.map(
    ({ file, md5, downloadUrl }) =>
      `<mediaFile><filename>${xmlText(file)}</filename><hash>md5:${md5}</hash>` +
      `<downloadUrl>${xmlText(downloadUrl)}</downloadUrl></mediaFile>`,
  );
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<manifest xmlns="http://openrosa.org/xforms/xformsManifest">${listed.join('')}</manifest>`
  );
}
