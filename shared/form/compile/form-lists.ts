import type { ChoiceRows } from './choice-rows.ts';
import type { FormIssues } from '../issues/form-issues.ts';
import { listNameOf } from '../lists/list-file-name.ts';
import type { ListFiles } from '../lists/list-files.ts';
import type { ListRead } from '../lists/lists-read.ts';
import type { Outline, OutlineQuestion } from './outline.ts';

/** Lists that may come from vocabularies: those of selects and of expressions, but for list files. */
export function wantedLists(
  outline: Outline,
  selects: readonly OutlineQuestion[],
  reads: readonly ListRead[],
): Set<string> {
  const ofFiles = selects.filter(({ source }) => source === 'file').map(({ list }) => list);
  const inFiles = new Set([...ofFiles, ...outline.data.map(({ file }) => file)].map(listNameOf));
  const named = [
    ...selects.filter(({ source }) => source === 'choices').map(({ list }) => list),
    ...reads.map(({ name }) => name).filter((name) => !inFiles.has(name)),
  ];
  return new Set(named);
}

/** Notes every list file that the form names: in a type, as data, or in pulldata(). */
export function needListFiles(
  listFiles: ListFiles,
  outline: Outline,
  selects: readonly OutlineQuestion[],
  reads: readonly ListRead[],
  choices: ChoiceRows,
  issues: FormIssues,
): void {
  const named = [
    ...selects
      .filter(({ source, list }) => source === 'file' && listNameOf(list) !== list)
      .map(({ list, row }) => ({ file: list, place: row.place('type') })),
    ...outline.data.map(({ file, row }) => ({ file, place: row.place('name') })),
  ];
  for (const { file, place } of named) {
    const name = listNameOf(file);
    if (choices.names.has(name)) issues.add('list-name-taken', place, file, name);
    else listFiles.need(file, place);
  }
  for (const { name, pulled, place } of reads) {
    if (!pulled) continue;
    if (choices.names.has(name)) issues.add('pulled-inside', place, name);
    else if (!listFiles.has(listNameOf(name))) listFiles.need(`${listNameOf(name)}.csv`, place);
  }
}
