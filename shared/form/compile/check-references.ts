import { cellText, type FormDefinition } from '../definition.ts';
import { dependencyOrder } from './dependency-order.ts';
import type { FormIssues } from '../form-issues.ts';
import {
  nodesByName,
  nodesOf,
  type FormNode,
  type FormSettings,
  type Group,
  type Question,
  type FormModel,
} from '../model.ts';
import type { Mention } from './parse-cell.ts';
import { typeRow } from '../types/question-types.ts';
import type { SheetRow } from './read-sheet.ts';
import type { FormMessageCode } from '../form-messages.ts';
import { identifyingPaths, isPlace, type Why } from './identifying.ts';

/** More circles than this are the same mistake again. */
const maxCycles = 20;

/** Reports every mention of a question or a list that does not exist, or of which there are several. */
export function checkMentions(
  root: Group,
  lists: ReadonlyMap<string, unknown>,
  mentions: readonly Mention[],
  lost: ReadonlySet<string>,
  issues: FormIssues,
): void {
  const names = nodesByName(root);
  const outerRepeat = repeatsOutside(root);
  for (const { name, place, of } of mentions) {
    if (of === 'list') {
      if (!lists.has(name)) {
        issues.add('unknown-list-read', place, name, issues.near(name, lists.keys()));
      }
      continue;
    }
    const nodes = names.get(name) ?? [];
    if (of === 'single value') {
      // That it names one question at all is checked where it is mentioned as such.
      const repeat = nodes[0] && outerRepeat(nodes[0], place);
      if (repeat !== undefined) issues.add('several-in-collect', place, name, repeat);
    } else if (nodes.length === 0 && !lost.has(name)) {
      issues.add('unknown-reference', place, name, issues.near(name, names.keys()));
    } else if (nodes.length > 1) issues.add('ambiguous-reference', place, name);
    else if (of === 'repeated question') {
      const [node] = nodes;
      const fits = node?.kind === 'question' && node.repeat !== undefined;
      if (!fits && node !== undefined) issues.add('bad-choices-from', place, name);
    } else if (of === 'trigger') {
      const [node] = nodes;
      if (node !== undefined && !isShown(node)) issues.add('hidden-trigger', place, name);
    }
  }
}

/** Whether somebody sees the node in a form, and so can change it. */
function isShown(node: FormNode): boolean {
  if (node.kind !== 'question') return false;
  const { answeredBy } = typeRow(node.type);
  const said = node.label.size + node.hint.size + node.client.media.size;
  return (answeredBy === 'person' || answeredBy === 'nobody') && (said > 0 || !isComputed(node));
}

function isComputed({ calculation, trigger }: Question): boolean {
  return calculation !== undefined || trigger.length > 0;
}

/**
 * Finds the innermost repeat that a node stands in and a cell does not: seen from that cell, there may
 * be several of the node.
 */
function repeatsOutside(
  root: Group,
): (node: FormNode, from: Mention['place']) => string | undefined {
  const repeats = new Set<string>();
  const paths = new Map<number, readonly string[]>();
  const key = (path: readonly string[]): string => path.join('/');
  for (const { kind, path, row } of nodesOf(root)) {
    if (kind === 'repeat') repeats.add(key(path));
    if (!paths.has(row)) paths.set(row, path);
  }
  return ({ path }, { sheet, row }) => {
    const from = (sheet === 'survey' ? paths.get(row) : undefined) ?? [];
    for (let length = path.length - 1; length > 0; length--) {
      const around = path.slice(0, length);
      if (!repeats.has(key(around))) continue;
      return key(from.slice(0, length)) === key(around) ? undefined : path[length - 1];
    }
    return undefined;
  };
}

/** Reports once that entities have no effect here. */
export function checkEntities(
  { entities = [] }: FormDefinition,
  rows: readonly SheetRow[],
  issues: FormIssues,
): void {
  const row = rows.find((candidate) => candidate.has('save_to'));
  const declared = entities.some((cells) =>
    Object.values(cells).some((cell) => cellText(cell) !== ''),
  );
  if (row !== undefined) issues.add('entities-ignored', row.place('save_to'));
  else if (declared) issues.add('entities-ignored', { sheet: 'entities', row: 1, column: '' });
}

/** Reports lists that nothing asks for or reads: most often a name that was misspelt somewhere. */
export function checkUnusedLists(
  own: ReadonlyMap<string, SheetRow>,
  questions: readonly Question[],
  mentions: readonly Mention[],
  issues: FormIssues,
): void {
  const used = new Set<string | undefined>();
  for (const { list, parameters } of questions) {
    used
      .add(list?.name)
      .add(parameters.get('tick_labelset'))
      .add(parameters.get('reference-geometry'));
  }
  for (const { name, of } of mentions) if (of === 'list') used.add(name);
  for (const [name, row] of own) {
    if (!used.has(name)) issues.add('unused-list', row.place('list_name'), name);
  }
}

/** Reports relevance and calculations that depend on themselves. */
export function checkCycles(
  root: Group,
  rows: ReadonlyMap<number, SheetRow>,
  issues: FormIssues,
): void {
  for (const cycle of dependencyOrder(root).cycles.slice(0, maxCycles)) {
    const [first, second] = cycle;
    const row = first === undefined ? undefined : rows.get(first.row);
    if (first === undefined || second === undefined || row === undefined) continue;
    const names = cycle.slice(0, 12).map((node) => node.name);
    issues.add('cycle', row.place(columnThatNeeds(first, second)), names.join(' → '));
  }
}

/** The column through which `node` depends on `needed`; its own group is no column. */
function columnThatNeeds(node: FormNode, needed: FormNode): string {
  if (node.relevant?.dependsOn.has(needed.name) === true) return 'relevant';
  return node.kind === 'repeat'
    ? 'repeat_count'
    : node.kind === 'group'
      ? 'relevant'
      : 'calculation';
}

/** Reports a consent or geometry setting that names no question, or one of the wrong type. */
export function checkSettings(
  row: SheetRow,
  settings: FormSettings,
  questions: readonly Question[],
  lost: ReadonlySet<string>,
  issues: FormIssues,
): void {
  const check = (
    column: 'consent' | 'geometry',
    code: 'bad-consent' | 'bad-geometry',
    fits: (question: Question) => boolean = () => true,
  ): void => {
    const name = settings[column];
    const mayName = ({ type }: Question): boolean => typeRow(type).settings.includes(column);
    if (name === undefined || lost.has(name)) return;
    const found = questions.filter((question) => question.name === name);
    const [only] = found;
    if (only === undefined) {
      const near = issues.near(
        name,
        questions.map((question) => question.name),
      );
      issues.add('unknown-setting-question', row.place(column), name, near);
    } else if (found.length > 1 || !mayName(only) || !fits(only))
      issues.add(code, row.place(column), name);
  };
  check('consent', 'bad-consent', (question) => question.repeat === undefined);
  check('geometry', 'bad-geometry');
}

/** What the author hears of a question that becomes a quasi-identifier, or of a repeat. */
const codes = {
  marked: undefined,
  place: 'identifies-as-place',
  rows: 'identifies-by-rows',
  determines: 'identifies-as-input',
  depends: 'identifies-by-dependence',
} as const satisfies Readonly<Record<Why, FormMessageCode | undefined>>;

/**
 * Reports what else is published like the quasi-identifiers that a form marks: of what the public sees,
 * what depends on one or determines it, places, the numbers of rows of repeats, and what is published
 * about the record.
 */
export function checkIdentifying(
  model: FormModel,
  { survey, settings }: { readonly survey: readonly SheetRow[]; readonly settings: SheetRow },
  issues: FormIssues,
): void {
  const reasons = identifyingPaths([model]);
  if (reasons.size === 0) return;
  const rows = new Map(survey.map((row) => [row.row, row]));
  const names = new Map<string, string>();
  for (const { path, name } of nodesOf(model.root)) names.set(path.join('/'), name);
  const published = new Set(model.questions.filter(isPublished));
  for (const node of nodesOf(model.root)) {
    const row = rows.get(node.row);
    const reason = reasons.get(node.path.join('/'));
    if (row === undefined || reason === undefined || node.kind === 'group') continue;
    if (node.kind === 'question') {
      if (!published.has(node)) continue;
      if (node.sensitive > 0)
        issues.add('identifies-and-sensitive', row.place('sensitive'), node.name);
    } else if (
      ![...nodesOf(node)].some((inner) => inner.kind === 'question' && published.has(inner))
    ) {
      continue;
    }
    const code = codes[reason.why];
    if (code === undefined) continue;
    const place = row.place(node.kind === 'repeat' ? 'name' : 'quasi_identifier');
    issues.add(code, place, node.name, names.get(reason.of ?? ''));
  }
  const metadata = model.settings.publicMetadata.filter((name) => name !== 'state');
  if (metadata.length > 0) {
    issues.add('metadata-identifies', settings.place('public_metadata'), metadata.join(', '));
  }
}

/** Whether the public sees anything of the answers; what of a place, shared/form/visibility.ts says. */
function isPublished({ visibility, type, freeText, reviewText, precision }: Question): boolean {
  if (visibility !== 'public' || typeRow(type).shape === 'none') return false;
  if (freeText && !reviewText) return false;
  return precision !== undefined || !isPlace[typeRow(type).shape];
}
