import type { Bilingual, Translations } from '../../text.ts';
import { changeMessages, type ChangeMessageCode } from './change-messages.ts';
import type { FormNode } from '../model.ts';

/** One thing that publishing a draft changes, and what it means for the answers already there. */
export interface FormChange {
  /** Permanent: programs may switch on it. */
  readonly code: string;
  readonly severity: 'info' | 'warning';
  /** The question, group or repeat as its column is called (`contact/email`); null: the whole form. */
  readonly question: string | null;
  readonly message: Bilingual;
}

/** What a sentence speaks of: the same in both languages, or not. */
export type Said = string | Bilingual;

/** Nobody reads more, and an answer has room for no more. */
export const maxChanges = 300;

const maxQuoted = 80;

/** Gathers the changes between two versions of a form, in the order in which they are added. */
export class FormChanges {
  readonly #changes: FormChange[] = [];

  /** Adds the change of this code; `subject` is what it is about, a and b what its sentence speaks of. */
  add(code: ChangeMessageCode, subject: FormNode | null, a: Said = '', b: Said = ''): void {
    const { severity, fr, en } = changeMessages[code];
    const about = subject === null ? { fr: '', en: '' } : namedNode(subject);
    this.#changes.push({
      code,
      severity,
      question: subject === null ? null : columnOf(subject),
      message: {
        fr: fr(about.fr, inLanguage(a, 'fr'), inLanguage(b, 'fr')),
        en: en(about.en, inLanguage(a, 'en'), inLanguage(b, 'en')),
      },
    });
  }

  /** At most `maxChanges`: where there are more, warnings stay first, and the last item counts the rest. */
  all(): readonly FormChange[] {
    const left = this.#changes.length - maxChanges;
    if (left <= 0) return this.#changes;
    const room = maxChanges - 1;
    const warnings = this.#changes.filter(({ severity }) => severity === 'warning');
    const infos = this.#changes.filter(({ severity }) => severity === 'info');
    const kept = new Set([...warnings.slice(0, room), ...infos.slice(0, room - warnings.length)]);
    if (warnings.length >= room) for (const info of infos) kept.delete(info);
    const rest = String(this.#changes.length - kept.size);
    const { severity, fr, en } = changeMessages['more-changes'];
    const message = { fr: fr('', rest, ''), en: en('', rest, '') };
    return [
      ...this.#changes.filter((change) => kept.has(change)),
      { code: 'more-changes', severity, question: null, message },
    ];
  }
}

/** What tables call the node's answers: names from the form's root, joined by `/`. */
export function columnOf({ path }: Pick<FormNode, 'path'>): string {
  return path.join('/');
}

function inLanguage(said: Said, language: 'fr' | 'en'): string {
  return typeof said === 'string' ? said : said[language];
}

/** A node as its author knows it: its label, and its name. */
function namedNode(node: Pick<FormNode, 'label' | 'path'>): Bilingual {
  const column = columnOf(node);
  const named = (language: 'fr' | 'en', open: string, close: string): string => {
    const label = textIn(node.label, language);
    return label === '' ? `\`${column}\`` : `${open}${label}${close} (\`${column}\`)`;
  };
  return { fr: named('fr', '« ', ' »'), en: named('en', '"', '"') };
}

/** What a form says in a language of ours, or else in its first one; long texts are cut. */
export function textIn(texts: Translations, language: 'fr' | 'en'): string {
  const text = texts.get(language) ?? [...texts.values()][0] ?? '';
  return shortened(text.replaceAll(/\s+/g, ' ').trim());
}

export function shortened(text: string): string {
  return text.length <= maxQuoted ? text : `${text.slice(0, maxQuoted - 1).toWellFormed()}…`;
}

/** Whether two maps of texts say the same, in whatever order. */
export function sameTexts(
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): boolean {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  for (const [key, text] of one) if (other.get(key) !== text) return false;
  return true;
}
