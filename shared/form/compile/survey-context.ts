import type { FileNeeds } from '../lists/file-needs.ts';
import type { FormIssues } from '../issues/form-issues.ts';
import type { ListFiles } from '../lists/list-files.ts';
import type { ChoiceList } from '../model.ts';
import type { Mention, ParseCell } from './parse-cell.ts';

/** What the rows of a survey are compiled with. */
export interface SurveyContext {
  readonly defaultLanguage: string;
  readonly languages: readonly string[];
  readonly lists: ReadonlyMap<string, ChoiceList>;
  readonly parse: ParseCell;
  readonly mentions: Mention[];
  readonly files: FileNeeds;
  readonly listFiles: ListFiles;
  readonly issues: FormIssues;
  /** Lists that the form could have had: for suggestions. */
  readonly knownLists: readonly string[];
  /** Prefixes that attributes may have. */
  readonly prefixes: ReadonlySet<string>;
  /** A coordinator reads every record before it is public. */
  readonly isRead: boolean;
}
