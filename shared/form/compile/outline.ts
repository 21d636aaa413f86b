import type { FormIssues } from '../form-issues.ts';
import { listExtension } from '../lists/form-files.ts';
import { NameCheck, nameOf } from './node-names.ts';
import { questionTypes, type QuestionTypeRow } from '../types/question-types.ts';
import { readType, type ListSource, refusalOf } from '../types/read-type.ts';
import type { SheetRow } from './read-sheet.ts';

/** A row that asks something, before its cells are read. */
export interface OutlineQuestion {
  readonly kind: 'question';
  readonly name: string;
  readonly row: SheetRow;
  readonly type: QuestionTypeRow;
  /** The list's name, the file's (source `file`), or `${name}` of a question in a repeat. */
  readonly list: string;
  readonly source: ListSource;
  readonly orOther: boolean;
}

export interface OutlineBlock {
  readonly kind: 'group' | 'repeat';
  readonly name: string;
  readonly row: SheetRow | undefined;
  readonly children: OutlineNode[];
}

export type OutlineNode = OutlineQuestion | OutlineBlock;

/** A row `csv-external` or `xml-external`: a file for expressions, which asks nothing. */
interface OutlineData {
  readonly row: SheetRow;
  readonly file: string;
}

/** Groups within groups: answers stay within the nesting that a request may have. */
const maxDepth = 12;

/** The columns of a survey row that make it more than a comment. */
const meaningful = ['name', 'label', 'calculation', 'relevant'] as const;

export interface Outline {
  readonly root: OutlineBlock;
  readonly data: readonly OutlineData[];
  /** Names of rows that are left out because their type is unknown: they are not unknown names too. */
  readonly lost: ReadonlySet<string>;
}

/** Reads the survey's rows into a tree of groups and repeats, by their begin and end rows. */
export function readOutline(rows: readonly SheetRow[], issues: FormIssues): Outline {
  const root: OutlineBlock = { kind: 'group', name: '', row: undefined, children: [] };
  const open: OutlineBlock[] = [root];
  const data: OutlineData[] = [];
  const lost = new Set<string>();
  const names = new NameCheck(issues);
  // What is nested too deeply is reported, and then read as if it were not, so that no stack overflows.
  const inside = (): OutlineBlock => open[Math.min(open.length - 1, maxDepth)] ?? root;
  const take = (row: SheetRow, name: string, isQuestion: boolean, group = inside()): void => {
    const inRepeat = group.kind === 'repeat';
    names.take(row, name, group, { isQuestion, atTop: group === root, inRepeat });
  };

  for (const row of rows) {
    if (/^(?:yes|true|1)$/i.test(row.text('disabled'))) continue;
    const written = row.text('type');
    if (written === '') {
      const comment = !meaningful.some((column) => row.cells(column).length > 0);
      issues.add(comment ? 'comment-row' : 'missing-type', row.place('type'));
      continue;
    }
    const cell = readType(written);
    if (cell === undefined) {
      if (refusalOf(written) !== undefined)
        issues.add('unsupported-type', row.place('type'), written);
      else issues.add('unknown-type', row.place('type'), written, nearType(written, issues));
      if (row.text('name') !== '') {
        take(row, row.text('name'), true);
        lost.add(row.text('name'));
      }
    } else if (cell.kind === 'end') {
      close(open, cell.block, row, issues);
    } else if (cell.kind === 'data') {
      const name = nameOf(row, written, issues);
      take(row, name, false);
      if (name !== '') data.push({ row, file: `${name}.${cell.extension}` });
    } else if (cell.kind === 'begin') {
      const name = nameOf(row, cell.block, issues);
      take(row, name, false);
      const block: OutlineBlock = { kind: cell.block, name, row, children: [] };
      inside().children.push(block);
      open.push(block);
      if (open.length - 1 > maxDepth) {
        issues.add('too-deep', row.place('type'), String(open.length - 1), String(maxDepth));
      }
    } else {
      const { row: type, list, orOther } = cell;
      const name = nameOf(row, type.type, issues);
      // Wherever it is written, phones keep the log of the whole form, not of a group.
      const group = type.type === 'audit' ? root : inside();
      take(row, name, true, group);
      const source = listExtension(list) === undefined ? cell.source : 'file';
      group.children.push({ kind: 'question', name, row, type, list, source, orOther });
      if (orOther) take(row, `${name}_other`, true);
    }
  }
  for (const { row, kind } of open.slice(1)) {
    if (row === undefined) continue;
    issues.add('unbalanced-group', row.place('type'), row.text('type'), `end ${kind}`);
  }
  return { root, data, lost };
}

/** Every question of an outline, in the form's order. */
export function* outlineQuestions(block: OutlineBlock): Generator<OutlineQuestion> {
  for (const child of block.children) {
    if (child.kind === 'question') yield child;
    else yield* outlineQuestions(child);
  }
}

function close(
  open: OutlineBlock[],
  kind: 'group' | 'repeat',
  row: SheetRow,
  issues: FormIssues,
): void {
  const found = open.findLastIndex((block, depth) => depth > 0 && block.kind === kind);
  const top = open.at(-1);
  if (open.length < 2 || found !== open.length - 1) {
    const wanted = open.length < 2 || top === undefined ? `begin ${kind}` : `end ${top.kind}`;
    issues.add('unbalanced-group', row.place('type'), row.text('type'), wanted);
  }
  if (found < 0) return;
  const closed = open.splice(found)[0];
  if (closed?.children.length === 0 && closed.row !== undefined) {
    issues.add('empty-group', closed.row.place('name'), closed.name);
  }
}

function nearType(written: string, issues: FormIssues): string | undefined {
  const [word = ''] = written.split(/\s+/);
  return issues.near(word, [
    ...questionTypes.map((row) => row.type),
    'begin_group',
    'end_group',
    'begin_repeat',
    'end_repeat',
    'select_one_from_file',
    'select_multiple_from_file',
    'csv-external',
    'xml-external',
  ]);
}
