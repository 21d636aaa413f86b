import type { Translations } from '../text.ts';
import { answerShapes } from './answer-shapes.ts';
import { oneWord, readYesNo } from './cell-values.ts';
import { isDynamicDefault } from './default-value.ts';
import type { Expression } from './expression/expression.ts';
import { parseExpression } from './expression/parse-expression.ts';
import type { FormIssues } from './form-issues.ts';
import {
  audiences,
  type ChoiceList,
  type FormNode,
  type Group,
  type Question,
  type Repeat,
} from './model.ts';
import { nearName } from './near-name.ts';
import { isName, type OutlineBlock, type OutlineNode, type OutlineQuestion } from './outline.ts';
import { readParameters, readRange } from './parameters.ts';
import { mentionsInText, type Mention, type ParseCell } from './parse-cell.ts';
import type { SheetRow } from './sheet.ts';

export interface SurveyContext {
  readonly defaultLanguage: string;
  readonly languages: readonly string[];
  readonly lists: ReadonlyMap<string, ChoiceList>;
  readonly parse: ParseCell;
  readonly mentions: Mention[];
  readonly issues: FormIssues;
}

export interface CompiledSurvey {
  readonly root: Group;
  readonly questions: readonly Question[];
  readonly repeats: readonly Repeat[];
}

const precisions = ['exact', 'adm2', 'adm1'] as const;
const places: ReadonlySet<string> = new Set(['geopoint', 'geotrace', 'geoshape', 'start-geopoint']);
const hxlTag = /^#[a-z][a-z0-9_]*(?:\s*\+\s*[a-z][a-z0-9_]*)*$/i;
const shown = ['label', 'hint', 'guidance_hint', 'constraint_message', 'required_message'] as const;
const none: Translations = new Map();

/** Builds the questions, groups and repeats of an outline. */
export function compileSurvey(outline: OutlineBlock, context: SurveyContext): CompiledSurvey {
  const builder = new SurveyBuilder(context);
  const children = builder.children(outline, [], undefined);
  const root: Group = {
    kind: 'group',
    name: '',
    path: [],
    label: none,
    relevant: undefined,
    row: 1,
    appearance: '',
    children,
  };
  return { root, questions: builder.questions, repeats: builder.repeats };
}

class SurveyBuilder {
  readonly questions: Question[] = [];
  readonly repeats: Repeat[] = [];
  readonly #context: SurveyContext;

  constructor(context: SurveyContext) {
    this.#context = context;
  }

  children(block: OutlineBlock, path: readonly string[], repeat: Repeat | undefined): FormNode[] {
    return block.children.flatMap((node) => this.#nodes(node, [...path, node.name], repeat));
  }

  #nodes(node: OutlineNode, path: readonly string[], repeat: Repeat | undefined): FormNode[] {
    if (node.kind !== 'question') return this.#block(node, path, repeat);
    const question = this.#question(node, path, repeat);
    const all = node.orOther && isName(node.name) ? [question, otherOf(question)] : [question];
    this.questions.push(...all);
    return all;
  }

  #block(node: OutlineBlock, path: readonly string[], repeat: Repeat | undefined): FormNode[] {
    const { row } = node;
    if (row === undefined) return [];
    const base = { ...this.#base(row, node.name, path), appearance: row.text('appearance') };
    if (node.kind === 'group') {
      return [{ ...base, kind: 'group', children: this.children(node, path, repeat) }];
    }
    const children: FormNode[] = [];
    const count = this.#context.parse(row, 'repeat_count');
    const built: Repeat = { ...base, kind: 'repeat', repeat, count, children };
    this.repeats.push(built);
    children.push(...this.children(node, path, built));
    return [built];
  }

  #base(row: SheetRow, name: string, path: readonly string[]) {
    const { defaultLanguage, languages, issues, mentions, parse } = this.#context;
    for (const column of shown) {
      mentionsInText(row, column, mentions);
      const texts = row.translations(column, defaultLanguage);
      const missing = languages.filter((language) => !texts.has(language));
      if (texts.size > 0 && missing.length > 0) {
        issues.add('missing-translation', row.place(column), name, missing.join(', '));
      }
    }
    const label = row.translations('label', defaultLanguage);
    return { name, path, label, relevant: parse(row, 'relevant'), row: row.row };
  }

  #question(node: OutlineQuestion, path: readonly string[], repeat: Repeat | undefined): Question {
    const { row, type } = node;
    const { defaultLanguage, issues, parse } = this.#context;
    const place = (column: string) => row.place(column);
    const base = this.#base(row, node.name, path);
    const list = this.#list(node);
    const parameters = readParameters(row.text('parameters'));
    const calculation = parse(row, 'calculation');
    const fallback = this.#default(node);
    if (type.answeredBy === 'person' && base.label.size === 0) {
      issues.add('missing-label', place('label'), node.name);
    }
    if (type.type === 'calculate' && calculation === undefined && fallback === undefined) {
      if (row.text('calculation') === '') {
        issues.add('missing-calculation', place('calculation'), node.name);
      }
    }
    if (type.type === 'range' && readRange(parameters) === undefined) {
      issues.add('bad-range', place('parameters'), row.text('parameters'));
    }
    const visibility =
      oneWord(row.text('visibility'), audiences, 'bad-visibility', place('visibility'), issues) ??
      'coordinator';
    const precision = oneWord(
      row.text('precision'),
      precisions,
      'bad-precision',
      place('precision'),
      issues,
    );
    if (places.has(type.type) && visibility === 'public' && precision === undefined) {
      issues.add('place-hidden', place('precision'), node.name);
    }
    return {
      ...base,
      kind: 'question',
      type: type.type,
      repeat,
      hint: row.translations('hint', defaultLanguage),
      required: this.#required(row),
      requiredMessage: row.translations('required_message', defaultLanguage),
      constraint: parse(row, 'constraint'),
      constraintMessage: row.translations('constraint_message', defaultLanguage),
      calculation,
      trigger: this.#trigger(row),
      readonly: this.#readonly(row),
      default: fallback,
      list,
      choiceFilter: parse(row, 'choice_filter'),
      orOther: node.orOther,
      parameters,
      appearance: row.text('appearance'),
      visibility,
      precision,
      quasiIdentifier: this.#quasiIdentifier(row),
      hxl: this.#hxl(row),
    };
  }

  #list({ row, type, list }: OutlineQuestion): ChoiceList | undefined {
    if (type.list !== true) return undefined;
    const { lists, issues } = this.#context;
    const found = lists.get(list);
    if (list === '') issues.add('missing-list', row.place('type'), row.text('type'));
    else if (found === undefined) {
      issues.add('unknown-list', row.place('type'), list, nearName(list, lists.keys()));
    }
    return found;
  }

  #required(row: SheetRow): boolean | Expression {
    return readYesNo(row.text('required')) ?? this.#context.parse(row, 'required') ?? false;
  }

  /** A question that an expression locks is open here: the lock holds in the client alone. */
  #readonly(row: SheetRow): boolean {
    const fixed = readYesNo(row.text('readonly'));
    if (fixed === undefined) this.#context.parse(row, 'readonly');
    return fixed ?? false;
  }

  #default({ row, type, name }: OutlineQuestion): string | Expression | undefined {
    const text = row.text('default');
    if (text === '') return undefined;
    if (isDynamicDefault(text, type.type)) return this.#context.parse(row, 'default');
    const shape = answerShapes[type.shape];
    if (type.shape !== 'none' && type.shape !== 'attachment' && shape.parse(text) === undefined) {
      this.#context.issues.add('bad-default', row.place('default'), text, `${type.type} (${name})`);
    }
    return text;
  }

  #trigger(row: SheetRow): readonly string[] {
    mentionsInText(row, 'trigger', this.#context.mentions);
    return [...row.text('trigger').matchAll(/\$\{\s*([^{}]+?)\s*\}/g)].map(([, name = '']) => name);
  }

  #quasiIdentifier(row: SheetRow): boolean {
    const text = row.text('quasi_identifier');
    const read = readYesNo(text);
    if (read === undefined) {
      this.#context.issues.add('bad-yes-no', row.place('quasi_identifier'), text, 'yes, no');
    }
    return read ?? false;
  }

  #hxl(row: SheetRow): string | undefined {
    const text = row.text('hxl');
    if (text === '') return undefined;
    if (!hxlTag.test(text)) this.#context.issues.add('bad-hxl', row.place('hxl'), text);
    return text.replaceAll(/\s+/g, '').toLowerCase();
  }
}

/** The text that goes with `other`. It is as visible as the question that it belongs to. */
function otherOf(question: Question): Question {
  const name = `${question.name}_other`;
  return {
    ...question,
    name,
    path: [...question.path.slice(0, -1), name],
    type: 'text',
    label: new Map([
      ['fr', 'Précisez'],
      ['en', 'Please specify'],
    ]),
    hint: none,
    relevant: parseExpression(`selected(../${question.name}, 'other')`),
    required: false,
    requiredMessage: none,
    constraint: undefined,
    constraintMessage: none,
    calculation: undefined,
    trigger: [],
    default: undefined,
    list: undefined,
    choiceFilter: undefined,
    orOther: false,
    parameters: new Map(),
    appearance: '',
    precision: undefined,
    hxl: undefined,
  };
}
