/**
 * Under which keys archives of a dataset's attachments are while they wait to be fetched. Deleted when
 * a record of the form is erased, and by themselves a day later.
 */
export function exportsPrefix(datasetId: string): string {
  return `exports/${datasetId}/`;
}
