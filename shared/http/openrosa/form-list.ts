import { xmlText } from '../../xml-text.ts';

/** A form in the list of a phone. Addresses are absolute. */
export interface ListedForm {
  readonly formId: string;
  readonly name: string;
  readonly version: string;
  /** MD5, in hex, of the bytes at `downloadUrl`: a client downloads the form again when it changes. */
  readonly md5: string;
  readonly downloadUrl: string;
  /** Undefined: the form has no files. */
  readonly manifestUrl: string | undefined;
}

/** The form list of OpenRosa. */
export function formListXml(forms: readonly ListedForm[]): string {
  const listed = forms.map((form) => {
    const manifest =
      form.manifestUrl === undefined
        ? ''
        : `<manifestUrl>${xmlText(form.manifestUrl)}</manifestUrl>`;
    return (
      `<xform><formID>${xmlText(form.formId)}</formID><name>${xmlText(form.name)}</name>` +
      `<version>${xmlText(form.version)}</version><hash>md5:${form.md5}</hash>` +
      `<downloadUrl>${xmlText(form.downloadUrl)}</downloadUrl>${manifest}</xform>`
    );
  });
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<xforms xmlns="http://openrosa.org/xforms/xformsList">${listed.join('')}</xforms>`
  );
}

/** Where a phone finds one version of a form and what belongs to it. */
interface FormAddresses {
  readonly form: string;
  readonly manifest: string;
  media(file: string): string;
}

/** `origin` without a slash at its end; `token` as it stands in the address of the request. */
export function formAddresses(
  origin: string,
  token: string,
  formId: string,
  version: string,
): FormAddresses {
  const [key, form] = [token, formId].map(encodeURIComponent);
  const base = `${origin}/v1/key/${key ?? ''}/forms/${form ?? ''}`;
  const query = `?version=${encodeURIComponent(version)}`;
  return {
    form: `${base}/form.xml${query}`,
    manifest: `${base}/manifest${query}`,
    media: (file) => `${base}/media/${encodeURIComponent(file)}${query}`,
  };
}

/** A file of a form in its manifest. */
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
