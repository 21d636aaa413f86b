import type { Translations } from '../../text.ts';
import type { FormModel, Media, MediaKind } from '../model.ts';
import type { NodePaths } from './node-paths.ts';
import { hasReference, textWithOutputs } from './print-xpath.ts';
import { xmlAttributes, xmlText } from '../../xml-text.ts';

/** What is said in one place, in every language. */
export interface Saying {
  readonly text: Translations;
  readonly guidance?: Translations;
  readonly media?: Media;
  /** Path of the node that says it; texts of choices are said by none. */
  readonly from?: readonly string[];
}

const folders: Readonly<Record<MediaKind, string>> = {
  image: 'images',
  'big-image': 'images',
  audio: 'audio',
  video: 'video',
};

const root: readonly string[] = [];

/**
 * The texts of a form. One that is said in one language only, without sound or picture, stands where
 * it is used; every other one stands in `<itext>`, in each of the form's languages: where a language
 * lacks it, in the default one.
 */
export class Itext {
  readonly #model: FormModel;
  readonly #paths: NodePaths;
  readonly #sayings: { readonly id: string; readonly saying: Saying }[] = [];

  constructor(model: FormModel, paths: NodePaths) {
    this.#model = model;
    this.#paths = paths;
  }

  /** `<label>` or `<hint>`; '' if there is nothing to say. */
  element(tag: 'label' | 'hint', id: string, saying: Saying): string {
    if (isSilent(saying)) return '';
    if (this.isNeeded(saying)) return `<${tag}${xmlAttributes([['ref', this.add(id, saying)]])}/>`;
    const { text, from = root } = saying;
    return `<${tag}>${textWithOutputs(this.said(text), this.#paths, from)}</${tag}>`;
  }

  /** The value of `jr:constraintMsg` and the like; undefined if there is nothing to say. */
  message(id: string, saying: Saying): string | undefined {
    if (isSilent(saying)) return undefined;
    const text = this.said(saying.text);
    // An attribute cannot show an answer.
    return this.isNeeded(saying) || hasReference(text) ? this.add(id, saying) : text;
  }

  /** Whether it takes more than one text to say it. */
  isNeeded({ guidance, media }: Saying): boolean {
    const more = (guidance?.size ?? 0) + (media?.size ?? 0);
    return this.#model.languages.length > 1 || more > 0;
  }

  /** The text in a language; where that is missing, in the default one, or else in any. */
  said(texts: Translations, language = this.#model.settings.defaultLanguage): string {
    const said = texts.get(language) ?? texts.get(this.#model.settings.defaultLanguage);
    if (said !== undefined) return said;
    const [any = ''] = texts.values();
    return any;
  }

  /** Notes a text under an id; returns the reference to it. */
  add(id: string, saying: Saying): string {
    this.#sayings.push({ id, saying });
    return `jr:itext('${id}')`;
  }

  /** `<itext>` with all that was noted; '' if that is nothing. */
  write(): string {
    if (this.#sayings.length === 0) return '';
    const { languages, settings } = this.#model;
    const all = languages.length === 0 ? [settings.defaultLanguage] : languages;
    const first = all.includes(settings.defaultLanguage) ? settings.defaultLanguage : all[0];
    return `<itext>${all.map((language) => this.#translation(language, language === first)).join('')}</itext>`;
  }

  #translation(language: string, isDefault: boolean): string {
    const parts = this.#sayings.map(
      ({ id, saying }) =>
        `<text${xmlAttributes([['id', id]])}>${this.#values(saying, language)}</text>`,
    );
    const attributes = xmlAttributes([
      ['lang', this.#model.languageNames?.get(language) ?? language],
      ['default', isDefault ? 'true()' : undefined],
    ]);
    return `<translation${attributes}>${parts.join('')}</translation>`;
  }

  #values(saying: Saying, language: string): string {
    const { text, guidance, media, from = root } = saying;
    const value = (words: Translations, form?: string): string =>
      `<value${xmlAttributes([['form', form]])}>${textWithOutputs(this.said(words, language), this.#paths, from)}</value>`;
    let values = text.size === 0 ? '' : value(text);
    if (guidance !== undefined && guidance.size > 0) values += value(guidance, 'guidance');
    for (const [kind, files] of media ?? []) {
      const file = this.said(files, language);
      const address = file.startsWith('jr://') ? file : `jr://${folders[kind]}/${file}`;
      values += `<value form="${kind}">${xmlText(address)}</value>`;
    }
    return values;
  }
}

function isSilent({ text, guidance, media }: Saying): boolean {
  return text.size === 0 && (guidance?.size ?? 0) === 0 && (media?.size ?? 0) === 0;
}
