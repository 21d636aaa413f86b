import { type FileNeeds, listExtension } from '../lists/form-files.ts';
import type { FormIssues } from '../form-issues.ts';
import type { ListFiles } from '../lists/list-files.ts';
import {
  type ChoiceList,
  mediaKinds,
  type ClientFacts,
  type Media,
  type MediaKind,
} from '../model.ts';
import { type Mention, type ParseCell, namesIn, mentionsAt, mentionsInText } from './parse-cell.ts';
import { answerShapes } from '../types/answer-shapes.ts';
import { isWhole, readYesNo } from './cell-values.ts';
import type { Expression } from '../expression/expression.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import type { OutlineQuestion } from './outline.ts';
import { plainType } from '../types/read-type.ts';
import type { SheetRow } from './read-sheet.ts';
import type { QuestionTypeRow } from '../types/question-types.ts';
import type { Translations } from '../../text.ts';
import type { AttributeOf } from './columns.ts';
import { isAttributeName } from '../namespaces.ts';

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

const hxlTag = /^#[a-z][a-z0-9_]*(?:\s*\+\s*[a-z][a-z0-9_]*)*$/i;

/** `select_one ${name}`: the question, in a repeat, whose answers are the choices. */
export function choicesFromOf(node: OutlineQuestion): string | undefined {
  if (node.type.choices === 'none' || node.source !== 'choices') return undefined;
  const [only, ...others] = namesIn(node.list);
  return only !== undefined && others.length === 0 && node.list.endsWith('}') ? only : undefined;
}

/** The list of choices that a question names. */
export function listOf(
  node: OutlineQuestion,
  parameters: ReadonlyMap<string, string>,
  context: SurveyContext,
): ChoiceList | undefined {
  const { row, type, list, source } = node;
  if (type.choices === 'none') return undefined;
  const { lists, listFiles, issues, mentions } = context;
  const place = row.place('type');
  const from = choicesFromOf(node);
  if (node.orOther && (source !== 'choices' || from !== undefined)) {
    issues.add('other-not-here', place);
  }
  if (list === '') {
    issues.add('missing-list', place, row.text('type'));
  } else if (from !== undefined) {
    mentions.push({ name: from, place, of: 'repeated question' });
  } else if (source === 'file') {
    if (listExtension(list) === undefined) issues.add('bad-list-file', place, list);
    const reportAt = row.text('parameters') === '' ? place : row.place('parameters');
    return listFiles.listOf(list, parameters, reportAt);
  } else {
    const found = lists.get(list);
    if (found !== undefined && source === 'external') issues.add('external-inside', place, list);
    if (found !== undefined) return found;
    if (/\s/.test(list)) issues.add('bad-list-name', place, list);
    else issues.add('unknown-list', place, list, issues.near(list, context.knownLists));
  }
  return undefined;
}

const columnsOfLists = new WeakMap<ChoiceList, ReadonlySet<string>>();

/** What a choice filter can name: looked up once, because many questions filter the same long list. */
function columnsOf(list: ChoiceList): ReadonlySet<string> {
  const known = columnsOfLists.get(list);
  if (known !== undefined) return known;
  const columns = new Set(list.file === undefined ? ['name', 'label'] : []);
  for (const choice of list.choices)
    for (const column of choice.columns.keys()) columns.add(column);
  columnsOfLists.set(list, columns);
  return columns;
}

/** A choice filter; its bare names must be columns of the list, if the list is there. */
export function readChoiceFilter(
  node: OutlineQuestion,
  list: ChoiceList | undefined,
  context: SurveyContext,
): Expression | undefined {
  const written = context.parse(node.row, 'choice_filter');
  // No row of the list has the columns that would let `other` through.
  const filter =
    written === undefined || !node.orOther
      ? written
      : parseExpression(`(${written.source}) or name = 'other'`);
  if (filter === undefined || list === undefined || list.choices.length === 0) return filter;
  const columns = columnsOf(list);
  for (const name of filter.bareNames) {
    if (columns.has(name)) continue;
    const near = context.issues.near(name, columns);
    context.issues.add('unknown-filter-column', node.row.place('choice_filter'), name, near);
  }
  return filter;
}

/** A question that an expression locks is open here: that lock holds in the client alone. */
export function readReadonly(
  row: SheetRow,
  { parse }: SurveyContext,
): { readonly readonly: boolean; readonly readonlyWhen: Expression | undefined } {
  const fixed = readYesNo(row.text('readonly'));
  const readonlyWhen = fixed === undefined ? parse(row, 'readonly') : undefined;
  return { readonly: fixed ?? false, readonlyWhen };
}

/** The default: an expression, or a fixed value, which should be an answer of the question's type. */
export function readDefault(
  node: OutlineQuestion,
  context: SurveyContext,
): string | Expression | undefined {
  const { row, type, name } = node;
  const text = row.text('default');
  if (text === '') return undefined;
  if (isDynamicDefault(text, type)) return context.parse(row, 'default');
  const place = row.place('default');
  if (type.default === 'file of the form') context.files.add(bareFileName(text), 'media', place);
  else if (type.default !== 'any text' && answerShapes[type.shape].parse(text) === undefined) {
    context.issues.add('bad-default', place, text, `${type.type} (${name})`);
  }
  return text;
}

const triggers = /^(?:\$\{[^${}#]{1,200}\}\s*(?:,\s*|$))+$/;

export function readTrigger(
  { row, name }: OutlineQuestion,
  { mentions, issues }: SurveyContext,
): readonly string[] {
  const text = row.text('trigger');
  // The type background-geopoint takes the position at some answer, start-geopoint at the start.
  if (text === '' && plainType(row.text('type')) === 'background-geopoint') {
    issues.add('missing-trigger', row.place('trigger'), name);
  }
  if (text === '') return [];
  if (!triggers.test(text)) issues.add('bad-trigger', row.place('trigger'), text);
  const names = namesIn(text);
  for (const name of names) mentions.push({ name, place: row.place('trigger'), of: 'trigger' });
  return names;
}

/** A column that says yes or no; empty: no. */
export function readFlag(
  column: 'quasi_identifier' | 'review_text',
  row: SheetRow,
  { issues }: SurveyContext,
): boolean {
  const text = row.text(column);
  const read = readYesNo(text);
  if (read === undefined) issues.add('bad-yes-no', row.place(column), text, 'yes, no');
  return read ?? false;
}

/** Column `sensitive`: the l of l-diversity, 2 if it only says yes; 0: its answers are not sensitive. */
export function readSensitive(row: SheetRow, { issues }: SurveyContext): number {
  const text = row.text('sensitive');
  const said = readYesNo(text);
  if (said !== undefined) return said ? 2 : 0;
  if (isWhole(text, 2, 1000)) return Number(text);
  issues.add('bad-sensitive', row.place('sensitive'), text);
  return 0;
}

const usualImportance = 3;

/** Column `importance`: 1 (the first to be made coarser) to 5 (the last). */
export function readImportance(row: SheetRow, { issues }: SurveyContext): number {
  const text = row.text('importance');
  if (text === '') return usualImportance;
  if (isWhole(text, 1, 5)) return Number(text);
  issues.add('bad-importance', row.place('importance'), text);
  return usualImportance;
}

export function readHxl(row: SheetRow, { issues }: SurveyContext): string | undefined {
  const text = row.text('hxl');
  if (text === '') return undefined;
  if (!hxlTag.test(text)) issues.add('bad-hxl', row.place('hxl'), text);
  return text.replaceAll(/\s+/g, '').toLowerCase();
}

/** In order: the first that matches at a place is the token there. */
const tokens = new RegExp(
  [
    String.raw`(?<fixed>\d{4}-\d{2}-\d{2}(?:T[\d:.+Zz-]+)?|\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?|-?\d+(?:\.\d*)?|-?\.\d+)`,
    String.raw`(?<text>"[^"]*"|'[^']*')`,
    String.raw`(?<address>[A-Za-z]+:\/\/\S*)`,
    String.raw`(?<dynamic>[$]\{[^$\{\}]*\}|[\p{L}_][\p{L}\p{N}_.-]*(?::[\p{L}_][\p{L}\p{N}_.-]*)?\(|\[[^\[\]]*\]|\|)`,
    String.raw`(?<operator>[*+]| mod | div )`,
    String.raw`(?<hyphen>-)`,
    String.raw`(?<name>[\p{L}_][\p{L}\p{N}_.-]*)`,
    String.raw`(?<other>.)`,
  ].join('|'),
  'gsu',
);

/**
 * True if a `default` cell is an expression to evaluate, false if it is a fixed value. The rule is
 * pyxform's: a reference, a function call, a predicate, a union or an arithmetic operator makes it one.
 */
function isDynamicDefault(cell: string, type: QuestionTypeRow): boolean {
  let dynamic = false;
  for (const { groups } of cell.matchAll(tokens)) {
    if (groups?.['hyphen'] !== undefined && type.default === 'answer with hyphens') return false;
    dynamic ||=
      groups?.['dynamic'] !== undefined ||
      groups?.['operator'] !== undefined ||
      groups?.['hyphen'] !== undefined;
  }
  return dynamic;
}

/** What most questions have: nothing that only clients show or do. */
export const noClientFacts: ClientFacts = {
  guidanceHint: new Map(),
  media: new Map(),
  bind: new Map(),
  body: new Map(),
  instance: new Map(),
  autoplay: '',
  intent: '',
};

const columns = ['guidance_hint', ...mediaKinds, 'autoplay', 'intent'] as const;

/** What XForms write themselves into these elements. */
const ownAttributes: ReadonlySet<string> = new Set(['nodeset', 'ref']);
/** What old types asked of a phone, by what they are called in a type cell. */
const oldProperties = /\b(simserial|sim id|subscriberid|subscriber id)$/;

/** What a survey row says to clients alone. */
export function readClientFacts(row: SheetRow, context: SurveyContext): ClientFacts {
  const old = oldProperties.exec(plainType(row.text('type').slice(0, 100)))?.[1];
  const plain = row.attributes.size === 0 && !columns.some((column) => row.has(column));
  if (plain && old === undefined) return noClientFacts;
  const { defaultLanguage, mentions, files, issues, prefixes } = context;
  mentionsInText(row, 'intent', mentions);
  const attributes: Readonly<Record<AttributeOf, Map<string, string>>> = {
    bind: new Map(),
    body: new Map(),
    instance: new Map(),
  };
  for (const [heading, { of, name, text }] of row.attributes) {
    const place = row.place('', heading);
    mentionsAt(place, text, mentions);
    if (ownAttributes.has(name) || !isAttributeName(name, prefixes)) {
      issues.add('bad-attribute', place, heading);
    } else attributes[of].set(name, text);
  }
  if (old !== undefined) {
    issues.add('deprecated-type', row.place('type'), row.text('type'));
    attributes.bind.set('jr:preloadParams', old.startsWith('sim') ? 'simserial' : 'subscriberid');
  }
  return {
    guidanceHint: row.translations('guidance_hint', defaultLanguage),
    media: readMedia(row, defaultLanguage, files),
    ...attributes,
    autoplay: row.text('autoplay'),
    intent: row.text('intent'),
  };
}

const noMedia: Media = new Map();

/** Images, sounds and films of a label, by kind and language; the form needs these files. */
export function readMedia(row: SheetRow, defaultLanguage: string, files: FileNeeds): Media {
  let media: Map<MediaKind, Translations> | undefined;
  for (const kind of mediaKinds) {
    if (!row.has(kind)) continue;
    const cells = row.cells(kind);
    const named = new Map(
      [...row.translations(kind, defaultLanguage)].map(([language, text]) => [
        language,
        bareFileName(text),
      ]),
    );
    for (const { heading, text } of cells) {
      files.add(bareFileName(text), 'media', row.place(kind, heading));
    }
    media ??= new Map();
    media.set(kind, named);
  }
  return media ?? noMedia;
}

/** Some forms write a file's name as the address that XForms give it. */
function bareFileName(text: string): string {
  return text.replace(/^jr:\/\/(?:images|audio|video|file)\//, '');
}
