import type { Cell, FormDefinition, Row } from '../../shared/form/definition.ts';

/** A large form such as a ministry writes: sections, cascades, logic, two languages. Made, not written by hand. */

const rowsOfSection = 10;
const listCount = 20;

const labels = (index: number, fr: string, en: string): Row => ({
  'label::Français (fr)': `${index}. ${fr}`,
  'label::English (en)': `${index}. ${en}`,
});

/** Question number `index` of the form, `at` that of its section: a number, and what depends on it. */
function question(index: number, at: number): Row {
  const base = { name: `q${index}`, visibility: index % 3 === 0 ? 'members' : 'coordinator' };
  const text = labels(
    index,
    `Quelle est la situation constatée à l’étape ${at} de cette visite ?`,
    `What was seen at step ${at} of this visit?`,
  );
  const number = `\${q${index - at + 1}}`;
  switch (at) {
    case 1:
      return {
        type: 'integer',
        ...base,
        ...text,
        required: 'yes',
        constraint: '. >= 0 and . < 100000',
        'constraint_message::Français (fr)': 'Entre 0 et 100 000.',
        'constraint_message::English (en)': 'Between 0 and 100,000.',
      };
    case 2:
      return { type: `select_one list${index % listCount}`, ...base, ...text };
    case 3:
      return { type: 'date', ...base, ...text, relevant: `${number} > 10` };
    case 4:
      return { type: `select_multiple list${index % listCount}`, ...base, ...text };
    case 5:
      return { type: 'calculate', ...base, calculation: `if(${number} > 5, ${number} * 2, 0)` };
    default:
      return { type: 'text', ...base, ...text };
  }
}

/** A form of `rows` rows of survey and `choices` choices, as its author writes it. */
export function largeForm(rows: number, choices: number): FormDefinition {
  const survey: Row[] = [];
  for (let index = 0; survey.length < rows; index += 1) {
    const at = survey.length % rowsOfSection;
    if (at === 0) {
      const name = `section${survey.length / rowsOfSection}`;
      survey.push({ type: 'begin_group', name, ...labels(index, 'Rubrique', 'Section') });
    } else if (at === rowsOfSection - 1 || survey.length === rows - 1) {
      survey.push({ type: 'end_group' });
    } else survey.push(question(index, at));
  }
  return {
    survey,
    choices: Array.from({ length: choices }, (_, index): Record<string, Cell> => ({
      list_name: `list${index % listCount}`,
      name: `c${index}`,
      'label::Français (fr)': `Localité nº ${index}`,
      'label::English (en)': `Place no. ${index}`,
      region: `r${index % 14}`,
    })),
    settings: { form_title: 'Bench', version: '1' },
  };
}
