import type { Expression } from '../expression/expression.ts';
import { type Choice, type ChoiceList, type FormModel, type Question, nodesOf } from '../model.ts';
import { hasReference } from './print-xpath.ts';
import type { Itext } from './itext.ts';
import { isXmlName, xmlAttributes, xmlText } from '../../xml-text.ts';

/** Where the columns of a list stand in the rows of its instance. */
export interface ListInstance {
  readonly value: string;
  /** What a select's `<label ref>` says. */
  readonly label: string;
}

/** The lists of a form as its XForm has them. */
export class SecondaryInstances {
  readonly #model: FormModel;
  readonly #itext: Itext;
  /** Lists whose rows have an `itextId` instead of a label. */
  readonly #translated = new Map<ChoiceList, boolean>();

  constructor(model: FormModel, itext: Itext) {
    this.#model = model;
    this.#itext = itext;
  }

  /** How a select reads a list. */
  columnsOf(list: ChoiceList): ListInstance {
    if (list.file !== undefined) return { value: list.valueColumn, label: list.labelColumn };
    return { value: 'name', label: this.#isTranslated(list) ? 'jr:itext(itextId)' : 'label' };
  }

  /** The instances that the form reads: files, and lists of choices that questions or expressions name. */
  write(): string {
    const { inExpressions, byLabel, inSelects } = listsUsed(this.#model);
    const instances: string[] = [];
    for (const list of this.#model.lists.values()) {
      if (list.file !== undefined) instances.push(fileInstance(list));
      else if (inSelects.has(list) || inExpressions.has(list.name)) {
        const labelled = inExpressions.has(list.name) || byLabel.has(list.name);
        instances.push(this.#instance(list, labelled));
      }
    }
    return instances.join('');
  }

  #instance(list: ChoiceList, labelled: boolean): string {
    const translated = this.#isTranslated(list);
    const columns = new Map<string, boolean>();
    const items = list.choices.map((choice, index) => {
      const saying = sayingOf(choice);
      let item = '<item>';
      if (translated) {
        const id = textId(list, index);
        this.#itext.add(id, saying);
        item += `<itextId>${xmlText(id)}</itextId>`;
      }
      item += `<name>${xmlText(choice.name)}</name>`;
      if (!translated || labelled)
        item += `<label>${xmlText(this.#itext.said(saying.text))}</label>`;
      for (const [column, text] of choice.columns) {
        let fits = columns.get(column);
        if (fits === undefined) {
          fits = isXmlName(column) && !['itextId', 'name', 'label'].includes(column);
          columns.set(column, fits);
        }
        if (fits) item += `<${column}>${xmlText(text)}</${column}>`;
      }
      return `${item}</item>`;
    });
    return `<instance${xmlAttributes([['id', list.name]])}><root>${items.join('')}</root></instance>`;
  }

  #isTranslated(list: ChoiceList): boolean {
    let translated = this.#translated.get(list);
    if (translated === undefined) {
      translated = list.choices.some((choice) => {
        const saying = sayingOf(choice);
        return this.#itext.isNeeded(saying) || [...saying.text.values()].some(hasReference);
      });
      this.#translated.set(list, translated);
    }
    return translated;
  }
}

/** The list that a question shows: its choices, or what the ticks of a range are called. */
export function listShown(
  { list, type, parameters }: Question,
  { lists }: FormModel,
): ChoiceList | undefined {
  return list ?? (type === 'range' ? lists.get(parameters.get('tick_labelset') ?? '') : undefined);
}

function sayingOf({ label, media }: Choice): { text: Choice['label']; media: Choice['media'] } {
  return { text: label, media };
}

function textId(list: ChoiceList, index: number): string {
  return `${list.name}-${index}`;
}

function fileInstance(list: ChoiceList): string {
  const file = list.file ?? '';
  const folder = /\.csv$/i.test(file) ? 'file-csv' : 'file';
  const attributes = xmlAttributes([
    ['id', list.name],
    ['src', `jr://${folder}/${file}`],
  ]);
  return `<instance${attributes}/>`;
}

function listsUsed(model: FormModel): {
  readonly inSelects: ReadonlySet<ChoiceList>;
  readonly inExpressions: ReadonlySet<string>;
  readonly byLabel: ReadonlySet<string>;
} {
  const inSelects = new Set<ChoiceList>();
  const inExpressions = new Set<string>();
  const byLabel = new Set<string>();
  for (const expression of expressionsOf(model)) {
    for (const name of expression.lists) inExpressions.add(name);
  }
  for (const question of model.questions) {
    const list = listShown(question, model);
    if (list === undefined) continue;
    inSelects.add(list);
    if (question.choiceFilter?.bareNames.includes('label') === true) byLabel.add(list.name);
  }
  return { inSelects, inExpressions, byLabel };
}

function* expressionsOf({ root, settings }: FormModel): Generator<Expression> {
  if (settings.instanceName !== undefined) yield settings.instanceName;
  for (const node of nodesOf(root)) {
    const own =
      node.kind === 'question'
        ? [
            node.required,
            node.constraint,
            node.calculation,
            node.readonlyWhen,
            node.default,
            node.choiceFilter,
          ]
        : node.kind === 'repeat'
          ? [node.count]
          : [];
    for (const expression of [node.relevant, ...own]) {
      if (typeof expression === 'object') yield expression;
    }
  }
}
