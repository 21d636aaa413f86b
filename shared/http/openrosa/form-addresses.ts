/** Where a phone finds one version of a form and what belongs to it. */
export interface FormAddresses {
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
