import type { FormDefinition, Row } from '../../shared/form/definition.ts';

/** A question as anyone reads it in the form: the attacker's own reading, not the product's. */
export interface AskedQuestion {
  readonly row: Row;
  readonly type: string;
  readonly name: string;
  /** Names from the form's root, joined by `/`. */
  readonly path: string;
  /** Path of the innermost repeat around it; '': none. */
  readonly repeat: string;
  /** Conditions of the question and of the groups and repeats around it. */
  readonly conditions: readonly string[];
}

/** Questions of a form, those in groups and repeats included. */
export function askedQuestions({ survey }: FormDefinition): readonly AskedQuestion[] {
  const asked: AskedQuestion[] = [];
  const around: { name: string; repeat: boolean; condition: string }[] = [];
  for (const row of survey) {
    const type = cell(row, 'type').replaceAll('_', ' ');
    const [name, condition] = [cell(row, 'name'), cell(row, 'relevant')];
    if (type.startsWith('begin')) {
      around.push({ name, repeat: type.endsWith('repeat'), condition });
    } else if (type.startsWith('end ')) {
      around.pop();
    } else {
      const last = around.findLastIndex(({ repeat }) => repeat);
      const outer = around.map(({ name: one }) => one);
      const question = {
        row,
        name,
        type: cell(row, 'type').split(' ')[0] ?? '',
        path: [...outer, name].join('/'),
        repeat: around
          .slice(0, last + 1)
          .map(({ name: one }) => one)
          .join('/'),
        conditions: [...around.map((one) => one.condition), condition].filter(
          (text) => text !== '',
        ),
      };
      asked.push(question);
      // Whoever chooses "other" is asked what it is, in words.
      if (!cell(row, 'type').endsWith(' or_other')) continue;
      const other = { name: `${name}_other`, path: `${question.path}_other`, type: 'text' };
      asked.push({ ...question, ...other });
    }
  }
  return asked;
}

export function cell(row: Row | undefined, column: string): string {
  const value = row?.[column];
  return value === undefined || value === null ? '' : String(value);
}

export function saysYes(row: Row | undefined, column: string): boolean {
  return /^(?:yes|true|1|[2-9])$/i.test(cell(row, column));
}

/** Names that an expression mentions as `${name}`. */
export function mentioned(expression: string): readonly string[] {
  return [...expression.matchAll(/\$\{([^}]+)\}/g)].map(([, name = '']) => name);
}

/** Whether a form, in any of its versions, says that its answers could tell of someone. */
export function marks(versions: readonly FormDefinition[]): boolean {
  return versions.some(({ survey }) => survey.some((row) => saysYes(row, 'quasi_identifier')));
}
