import type { FormIssues } from './form-issues.ts';
import { questionTypes, readType, type QuestionTypeRow } from './question-types.ts';
import type { SheetRow } from './sheet.ts';

/** A row that asks something, before its cells are read. */
export interface OutlineQuestion {
  readonly kind: 'question';
  readonly name: string;
  readonly row: SheetRow;
  readonly type: QuestionTypeRow;
  readonly list: string;
  readonly orOther: boolean;
}

export interface OutlineBlock {
  readonly kind: 'group' | 'repeat';
  readonly name: string;
  readonly row: SheetRow | undefined;
  readonly children: OutlineNode[];
}

export type OutlineNode = OutlineQuestion | OutlineBlock;

/** Groups within groups: answers stay within the nesting that a request may have. */
const maxDepth = 12;
const namePattern = /^[\p{L}_][\p{L}\p{N}_.-]{0,99}$/u;

/** True for what XForms and `${…}` can call a question. */
export function isName(text: string): boolean {
  return namePattern.test(text);
}

const reserved: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** What XForms put beside the questions at the top level. */
const reservedAtTop: ReadonlySet<string> = new Set(['meta']);
const takenInTables: ReadonlySet<string> = new Set([
  'id',
  'organisation',
  'form_version',
  'state',
  'received_at',
  'updated_at',
]);
const takenInRepeats: ReadonlySet<string> = new Set(['id', 'parent_id', 'index']);

/** The columns of a survey row that make it more than a comment. */
const meaningful = ['name', 'label', 'calculation', 'relevant'] as const;

export interface Outline {
  readonly root: OutlineBlock;
  /** Names of rows that are left out because their type is unknown: they are not unknown names too. */
  readonly lost: ReadonlySet<string>;
}

/** Reads the survey's rows into a tree of groups and repeats, by their begin and end rows. */
export function readOutline(rows: readonly SheetRow[], issues: FormIssues): Outline {
  const root: OutlineBlock = { kind: 'group', name: '', row: undefined, children: [] };
  const open: OutlineBlock[] = [root];
  const lost = new Set<string>();
  const names = new Map<OutlineBlock, Map<string, number>>();
  // What is nested too deeply is told of, and then read as if it were not, so that no stack overflows.
  const inside = (): OutlineBlock => open[Math.min(open.length - 1, maxDepth)] ?? root;

  const take = (row: SheetRow, name: string, kind: OutlineNode['kind']): void => {
    checkName(row, name, { kind, parent: inside(), depth: open.length }, issues);
    const taken = names.get(inside()) ?? new Map<string, number>();
    names.set(inside(), taken);
    const before = taken.get(name);
    if (before !== undefined) issues.add('duplicate-name', row.place('name'), name, String(before));
    else if (name !== '') taken.set(name, row.row);
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
      issues.add('unknown-type', row.place('type'), written, nearType(written, issues));
      if (row.text('name') !== '') {
        take(row, row.text('name'), 'question');
        lost.add(row.text('name'));
      }
      continue;
    }
    if (cell.kind === 'end') {
      close(open, cell.block, row, issues);
      continue;
    }
    const name = nameOf(row, cell.kind === 'begin' ? cell.block : cell.row.type, issues);
    take(row, name, cell.kind === 'begin' ? cell.block : 'question');
    if (cell.kind === 'begin') {
      const block: OutlineBlock = { kind: cell.block, name, row, children: [] };
      inside().children.push(block);
      open.push(block);
      if (open.length - 1 > maxDepth) {
        issues.add('too-deep', row.place('type'), String(open.length - 1), String(maxDepth));
      }
      continue;
    }
    const { row: type, list, orOther } = cell;
    inside().children.push({ kind: 'question', name, row, type, list, orOther });
    if (orOther) take(row, `${name}_other`, 'question');
  }
  for (const block of open.slice(1)) {
    if (block.row === undefined) continue;
    issues.add(
      'unbalanced-group',
      block.row.place('type'),
      block.row.text('type'),
      `end ${block.kind}`,
    );
  }
  return { root, lost };
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

function nameOf(row: SheetRow, type: string, issues: FormIssues): string {
  const name = row.text('name');
  if (name !== '') return name;
  if (type === 'audit') return 'audit';
  if (type !== 'note') return '';
  const generated = `generated_note_name_${row.row}`;
  issues.add('name-generated', row.place('name'), generated);
  return generated;
}

function checkName(
  row: SheetRow,
  name: string,
  where: { kind: OutlineNode['kind']; parent: OutlineBlock; depth: number },
  issues: FormIssues,
): void {
  const place = row.place('name');
  const atTop = where.depth === 1;
  if (name === '') issues.add('missing-name', place);
  else if (reserved.has(name) || (atTop && reservedAtTop.has(name))) {
    issues.add('reserved-name', place, name);
  } else if (!isName(name)) issues.add('invalid-name', place, name);
  else if (where.kind === 'question') {
    const taken = atTop
      ? takenInTables
      : where.parent.kind === 'repeat'
        ? takenInRepeats
        : undefined;
    if (taken?.has(name) === true) issues.add('column-name-taken', place, name);
  }
}

function nearType(written: string, issues: FormIssues): string | undefined {
  const [word = ''] = written.split(/\s+/);
  return issues.near(word, [
    ...questionTypes.map((row) => row.type),
    ...['begin_group', 'end_group', 'begin_repeat', 'end_repeat'],
  ]);
}
