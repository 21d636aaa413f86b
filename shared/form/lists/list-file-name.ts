/** Kinds of files that lists are read from. */
const extensions = ['csv', 'xml', 'geojson'] as const;
export type ListExtension = (typeof extensions)[number];

/** The extension of a list file; undefined if its name has none that is read. */
export function listExtension(name: string): ListExtension | undefined {
  const at = name.lastIndexOf('.');
  const extension = at <= 0 ? '' : name.slice(at + 1).toLowerCase();
  return extensions.find((known) => known === extension);
}

/** What `instance('…')` calls a list file: its name without the extension. */
export function listNameOf(file: string): string {
  return listExtension(file) === undefined ? file : file.slice(0, file.lastIndexOf('.'));
}
