import { xmlText } from '../../xml-text.ts';

/** A form as phones are told of it. Addresses are absolute. */
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
