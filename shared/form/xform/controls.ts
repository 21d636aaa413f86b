import type { FormNode, Group, Question, Repeat } from '../model.ts';
import { readRange } from '../compile/parameters.ts';
import { typeRow } from '../types/question-types.ts';
import { repeatActions, triggeredActions } from './binds.ts';
import { isSelect, isTableList } from './node-paths.ts';
import type { Saying } from './itext.ts';
import { textWithPaths, printXPath } from './print-xpath.ts';
import type { XFormParts } from './xform-parts.ts';
import { xmlAttributes } from '../../xml-text.ts';
import type { Expression } from '../expression/expression.ts';
import { listShown } from './secondary-instances.ts';

type Attributes = [string, string | undefined][];

/** What a form shows, in order: the content of the body. */
export class Controls {
  readonly #parts: XFormParts;
  /** Questions that are computed when another changes, by the name of that one. */
  readonly #triggered = new Map<string, Question[]>();

  constructor(parts: XFormParts) {
    this.#parts = parts;
    for (const question of parts.model.questions) {
      for (const name of new Set(question.trigger)) {
        const known = this.#triggered.get(name);
        if (known === undefined) this.#triggered.set(name, [question]);
        else known.push(question);
      }
    }
  }

  write(): string {
    return this.#children(this.#parts.model.root);
  }

  #children(block: Group | Repeat): string {
    const isTable = block.kind === 'group' && isTableList(block);
    return block.children
      .map((child) => this.#control(isTable ? asTableRow(child) : child))
      .join('');
  }

  #control(node: FormNode): string {
    if (node.kind === 'question') return this.#question(node);
    return node.kind === 'group' ? this.#group(node) : this.#repeat(node);
  }

  #group(group: Group): string {
    const ref = this.#parts.refOf(group);
    const content = this.#label(group, ref) + this.#header(group) + this.#children(group);
    return `<group${this.#attributes(group, [['ref', ref]])}>${content}</group>`;
  }

  /** The first row of a table of selects: the labels of their choices. */
  #header(group: Group): string {
    const path = this.#parts.generated.headers.get(group);
    const first = group.children.find((child) => child.kind === 'question' && isSelect(child));
    if (path === undefined || first?.kind !== 'question') return '';
    const tag = typeRow(first.type).control?.tag ?? 'select1';
    const attributes = xmlAttributes([
      ['ref', this.#parts.paths.absolute(path)],
      ['appearance', 'label'],
    ]);
    return `<${tag}${attributes}><label> </label>${itemset(first, this.#parts)}</${tag}>`;
  }

  #repeat(repeat: Repeat): string {
    const parts = this.#parts;
    const ref = parts.refOf(repeat);
    const node = parts.generated.counts.get(repeat)?.at(-1);
    const count =
      node === undefined
        ? repeat.count && parts.xpath(repeat.count, repeat.path)
        : this.#beside(repeat, node);
    const attributes = this.#attributes(repeat, [
      ['nodeset', ref],
      ['jr:count', count],
    ]);
    const actions = repeatActions(questionsIn(repeat), parts);
    const label = this.#label(repeat, ref) || '<label/>';
    return `<group${xmlAttributes([['ref', ref]])}>${label}<repeat${attributes}>${this.#children(repeat)}${actions}</repeat></group>`;
  }

  /** The node that holds a repeat's count, as the repeat sees it. */
  #beside(repeat: Repeat, node: string): string {
    const around = repeat.path.slice(0, -1);
    return repeat.repeat === undefined
      ? this.#parts.paths.absolute([...around, node])
      : `../${node}`;
  }

  #question(question: Question): string {
    const row = typeRow(question.type);
    if (row.control === undefined || isHidden(question)) return '';
    const { tag, mediaType } = row.control;
    const parts = this.#parts;
    const ref = parts.refOf(question);
    const { parameters, client, hint } = question;
    const attributes: Attributes = [
      ['ref', ref],
      ['mediatype', mediaType],
      ...rangeBounds(question),
      ...Object.entries(row.parameters).flatMap(([name, { element, attribute }]): Attributes =>
        element === 'control' ? [[attribute, parameters.get(name)]] : [],
      ),
      ['autoplay', client.autoplay || undefined],
    ];
    const content = [
      this.#label(question, ref),
      parts.itext.element('hint', `${ref}:hint`, {
        text: hint,
        guidance: client.guidanceHint,
        from: question.path,
      }),
      itemset(question, parts),
      ...(this.#triggered.get(question.name) ?? []).map((other) => triggeredActions(other, parts)),
    ].join('');
    const own = this.#attributes(question, attributes);
    return content === '' ? `<${tag}${own}/>` : `<${tag}${own}>${content}</${tag}>`;
  }

  #label(node: FormNode, ref: string): string {
    return this.#parts.itext.element('label', `${ref}:label`, labelOf(node));
  }

  /** A control's attributes; those that the form writes itself win, but for what it refers to. */
  #attributes(node: FormNode, given: Attributes): string {
    const { client, appearance, path } = node;
    const filled = (text: string): string | undefined =>
      text === '' ? undefined : textWithPaths(text, this.#parts.paths, path);
    const attributes = new Map<string, string | undefined>(given);
    const isTable = node.kind === 'group' && isTableList(node);
    // Clients know only what such a group is made of.
    attributes.set(
      'appearance',
      filled(isTable ? appearance.replace('table-list', 'field-list') : appearance),
    );
    if (client.intent !== '') attributes.set('intent', filled(client.intent));
    for (const [name, value] of this.#parts.own(client.body, node)) {
      if (!['ref', 'nodeset', 'jr:count'].includes(name)) attributes.set(name, value);
    }
    return xmlAttributes(attributes);
  }
}

/** The rows of a table of selects show no labels of choices: the header does. */
function asTableRow(node: FormNode): FormNode {
  return node.kind === 'question' && isSelect(node)
    ? { ...node, appearance: 'list-nolabel' }
    : node;
}

function labelOf({ label, client, path }: FormNode): Saying {
  return { text: label, media: client.media, from: path };
}

/** A computed question that says nothing is not shown, whatever its type. */
function isHidden({ label, hint, client, calculation, trigger }: Question): boolean {
  const silent = label.size + hint.size + client.media.size === 0;
  return silent && (calculation !== undefined || trigger.length > 0);
}

function rangeBounds({ type, parameters }: Question): Attributes {
  if (type !== 'range') return [];
  const bounds = readRange(parameters);
  if (bounds === undefined) return [];
  return (['start', 'end', 'step'] as const).map((name) => [
    name,
    parameters.get(name) ?? String(bounds[name]),
  ]);
}

/** The questions of a repeat but those of repeats within it. */
function questionsIn(block: Group | Repeat): Question[] {
  return block.children.flatMap((child) => {
    if (child.kind === 'question') return [child];
    return child.kind === 'group' ? questionsIn(child) : [];
  });
}

interface Source {
  readonly nodeset: string;
  readonly value: string;
  readonly label: string;
}

/** Where a select takes its choices from; '' for a question without choices. */
function itemset(question: Question, parts: XFormParts): string {
  const source = ofList(question, parts) ?? ofAnswers(question, parts);
  if (source === undefined) return '';
  const { parameters, path } = question;
  const seed = parameters.get('seed');
  const order = seed === undefined ? '' : `, ${textWithPaths(seed, parts.paths, path)}`;
  const isRandom = parameters.get('randomize')?.toLowerCase() === 'true';
  const nodeset = isRandom ? `randomize(${source.nodeset}${order})` : source.nodeset;
  const ref = (tag: string, column: string): string =>
    `<${tag}${xmlAttributes([['ref', column]])}/>`;
  return `<itemset${xmlAttributes([['nodeset', nodeset]])}>${ref('value', source.value)}${ref('label', source.label)}</itemset>`;
}

function ofList(question: Question, parts: XFormParts): Source | undefined {
  const list = listShown(question, parts.model);
  if (list === undefined) return undefined;
  const { choiceFilter } = question;
  const name = list.name.includes("'") ? `"${list.name}"` : `'${list.name}'`;
  const filter = choiceFilter === undefined ? '' : `[${filterOf(choiceFilter, question, parts)}]`;
  return { nodeset: `instance(${name})/root/item${filter}`, ...parts.lists.columnsOf(list) };
}

/** The answers to a question of a repeat as choices: those that are there, unless a filter says which. */
function ofAnswers(question: Question, parts: XFormParts): Source | undefined {
  const { choicesFrom, choiceFilter, path } = question;
  const source = choicesFrom === undefined ? undefined : parts.paths.inRepeat(choicesFrom, path);
  if (source === undefined) return undefined;
  const { repeat, nodeset, value } = source;
  const filter =
    choiceFilter === undefined
      ? `./${value} != ''`
      : filterOf(choiceFilter, question, parts, repeat);
  return { nodeset: `${nodeset}[${filter}]`, value, label: value };
}

function filterOf(
  { source }: Expression,
  { path }: Question,
  { paths }: XFormParts,
  items?: readonly string[],
): string {
  return printXPath(source, { paths, from: path, predicate: true, items });
}
