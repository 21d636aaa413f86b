import { own, type JsonObject, type JsonValue } from '../../json.ts';
import { answerShapes, type AnswerShape, type Shape } from '../types/answer-shapes.ts';
import { dependencyOrder } from '../compile/dependency-order.ts';
import type { Expression } from '../expression/expression.ts';
import {
  nodesByName,
  type Choice,
  type ChoiceList,
  type FormModel,
  type Group,
  type Question,
  type Repeat,
} from '../model.ts';
import { readRange, type RangeBounds } from '../compile/parameters.ts';
import { typeRow, type QuestionTypeRow } from '../types/question-types.ts';

export type Rows = readonly ReadonlyMap<string, string>[];

/** What validation needs to know of a question, looked up once per form. */
export interface QuestionPlan {
  readonly kind: 'question';
  readonly node: Question;
  readonly name: string;
  /** Every object inherits something of this name, as `toString`. */
  readonly inheritable: boolean;
  readonly relevant: Expression | undefined;
  readonly type: QuestionTypeRow;
  readonly shape: Shape;
  readonly shapeName: AnswerShape;
  /** The calculation that the server does again; one with a trigger is the client's. */
  readonly calculation: Expression | undefined;
  /** What a calculate without calculation is worth. */
  readonly fallback: string | Expression | undefined;
  /** Choices of a code: several only where the form allows duplicates. */
  readonly choices: ReadonlyMap<string, readonly ListedChoice[]> | undefined;
  readonly range: RangeBounds | undefined;
  /** Free text in which terms of the glossary are looked for. */
  readonly prose: boolean;
}

interface ListedChoice {
  readonly choice: Choice;
  /** Its columns as a choice filter sees them. */
  readonly row: ReadonlyMap<string, string>;
}

/** The child's own member of an answers object, never one inherited; undefined if it has none. */
export function memberOf(child: PlanNode, answers: JsonObject): JsonValue | undefined {
  // Own properties are not asked for by name where nothing could be inherited: this runs for each answer.
  return child.inheritable ? own(answers, child.name) : answers[child.name];
}

export interface BlockPlan {
  readonly kind: 'group' | 'repeat';
  readonly node: Group | Repeat;
  readonly name: string;
  readonly inheritable: boolean;
  readonly relevant: Expression | undefined;
  readonly count: Expression | undefined;
  readonly children: readonly PlanNode[];
  /** Place of each child among `children`, by name. */
  readonly slots: ReadonlyMap<string, number>;
}

export type PlanNode = QuestionPlan | BlockPlan;

/** A form made ready to check answers against. */
export interface ValidationPlan {
  readonly model: FormModel;
  readonly root: BlockPlan;
  /** Slots from the root to each node with relevance or calculation, in dependency order. */
  readonly order: readonly (readonly number[])[];
  readonly paths: ReadonlyMap<string, readonly string[]>;
  readonly choiceLabels: ReadonlyMap<string, ReadonlyMap<string, string>>;
  rowsOf(list: string): Rows | undefined;
}

export function validationPlan(model: FormModel): ValidationPlan {
  const { defaultLanguage } = model.settings;
  const rows = new Map<ChoiceList, Rows>();
  const rowsOfList = (list: ChoiceList): Rows => {
    const known = rows.get(list);
    if (known !== undefined) return known;
    const made = list.choices.map((choice) => columnsOf(choice, defaultLanguage));
    rows.set(list, made);
    return made;
  };
  const root = blockPlan(model.root, rowsOfList);
  const paths = new Map<string, readonly string[]>();
  for (const [name, nodes] of nodesByName(model.root)) paths.set(name, nodes[0]?.path ?? []);
  const choiceLabels = new Map<string, ReadonlyMap<string, string>>();
  for (const { name, list } of model.questions) {
    if (list === undefined || choiceLabels.has(name)) continue;
    choiceLabels.set(
      name,
      new Map([...list.byName].map(([code, choice]) => [code, labelOf(choice, defaultLanguage)])),
    );
  }
  return {
    model,
    root,
    order: dependencyOrder(model.root).order.map((node) => slotsOf(root, node.path)),
    paths,
    choiceLabels,
    rowsOf: (name) => {
      const list = model.lists.get(name);
      return list === undefined ? undefined : rowsOfList(list);
    },
  };
}

function labelOf(choice: Choice, language: string): string {
  return choice.label.get(language) ?? [...choice.label.values()][0] ?? choice.name;
}

function columnsOf(choice: Choice, language: string): ReadonlyMap<string, string> {
  return new Map([['name', choice.name], ['label', labelOf(choice, language)], ...choice.columns]);
}

function blockPlan(node: Group | Repeat, rowsOf: (list: ChoiceList) => Rows): BlockPlan {
  const children = node.children.map((child): PlanNode =>
    child.kind === 'question' ? questionPlan(child, rowsOf) : blockPlan(child, rowsOf),
  );
  return {
    kind: node.kind,
    node,
    name: node.name,
    inheritable: node.name in Object.prototype,
    relevant: node.relevant,
    count: node.kind === 'repeat' ? node.count : undefined,
    children,
    slots: new Map(children.map((child, slot) => [child.name, slot])),
  };
}

function questionPlan(node: Question, rowsOf: (list: ChoiceList) => Rows): QuestionPlan {
  const type = typeRow(node.type);
  return {
    kind: 'question',
    node,
    name: node.name,
    inheritable: node.name in Object.prototype,
    relevant: node.relevant,
    type,
    // A note that calculates what it shows has a text for expressions, though it is no answer.
    shape: answerShapes[type.shape === 'none' ? 'scalar' : type.shape],
    shapeName: type.shape,
    calculation: node.trigger.length === 0 ? node.calculation : undefined,
    fallback:
      node.type === 'calculate' && node.calculation === undefined ? node.default : undefined,
    choices: node.list === undefined ? undefined : choicesByCode(node.list, rowsOf(node.list)),
    range: node.type === 'range' ? readRange(node.parameters) : undefined,
    prose: type.prose && !/\b(?:numbers|url|thousands-sep)\b/.test(node.appearance),
  };
}

function choicesByCode(list: ChoiceList, rows: Rows): ReadonlyMap<string, readonly ListedChoice[]> {
  const byCode = new Map<string, ListedChoice[]>();
  for (const [index, choice] of list.choices.entries()) {
    const listed = { choice, row: rows[index] ?? new Map<string, string>() };
    const same = byCode.get(choice.name);
    if (same === undefined) byCode.set(choice.name, [listed]);
    else same.push(listed);
  }
  return byCode;
}

function slotsOf(root: BlockPlan, path: readonly string[]): readonly number[] {
  const slots: number[] = [];
  let block: PlanNode | undefined = root;
  for (const name of path) {
    const slot: number | undefined =
      block?.kind === 'question' ? undefined : block?.slots.get(name);
    if (slot === undefined || block === undefined || block.kind === 'question') break;
    slots.push(slot);
    block = block.children[slot];
  }
  return slots;
}
