import type { JsonObject } from '../../shared/json.ts';

/** A form of many questions such as a network asks, and its answers: made, not written by hand. */

const words = ['Dakar', 'Pikine', 'Thiès', 'Kolda', 'Saint-Louis', 'Ziguinchor', 'Matam', 'Louga'];

/**
 * A form of `count` questions: text, whole number, select, date in turn, some with logic. With
 * `review: required` a third of its texts are public, with `none`, which is usual here, no text is.
 */
export function surveyForm(count: number, settings: JsonObject = {}): JsonObject {
  const texts = settings['review'] === 'required' ? { review_text: 'yes' } : {};
  const survey = Array.from({ length: count }, (_, index) => {
    const name = `q${index}`;
    const base = {
      name,
      'label::Français (fr)': `Question ${index}`,
      'label::English (en)': `Question ${index}`,
      visibility: ['coordinator', 'members', 'public'][index % 3] ?? 'coordinator',
    };
    switch (index % 5) {
      case 0:
        return { ...base, type: 'text', ...texts };
      case 1:
        return { ...base, type: 'integer', constraint: '. >= 0 and . < 100000' };
      case 2:
        return { ...base, type: 'select_one town' };
      case 3:
        return { ...base, type: 'date' };
      default:
        return { ...base, ...texts, type: 'text', relevant: `\${q${index - 3}} > 10` };
    }
  });
  const choices = words.map((word, index) => ({
    list_name: 'town',
    name: `t${index}`,
    'label::Français (fr)': word,
    'label::English (en)': word,
  }));
  return {
    survey: [
      ...survey,
      {
        type: 'geopoint',
        name: 'place',
        'label::Français (fr)': 'Lieu',
        'label::English (en)': 'Place',
        visibility: 'public',
        precision: 'exact',
      },
    ],
    choices,
    settings: { form_title: 'Bench', version: '1', review: 'none', geometry: 'place', ...settings },
  };
}

/** Answers number `row` to that form. */
export function surveyAnswers(count: number, row: number): JsonObject {
  const answers: Record<string, JsonObject[string]> = {};
  for (let index = 0; index < count; index += 1) {
    const mixed = (row * 31 + index * 17) % 997;
    switch (index % 5) {
      case 1:
        answers[`q${index}`] = mixed + 11;
        break;
      case 2:
        answers[`q${index}`] = `t${mixed % words.length}`;
        break;
      case 3:
        answers[`q${index}`] = `2026-${String((mixed % 12) + 1).padStart(2, '0')}-15`;
        break;
      default:
        answers[`q${index}`] = `${words[mixed % words.length] ?? ''}, réponse ${mixed}`;
    }
  }
  answers['place'] = { lat: 12 + (row % 400) / 100, lon: -17 + (row % 500) / 100 };
  return answers;
}
