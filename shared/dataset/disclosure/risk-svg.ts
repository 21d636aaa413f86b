import { xmlText } from '../../xml-text.ts';
import type { Bilingual, Language } from '../../text.ts';
import type { Risk } from '../versions/disclosure-risk.ts';
import {
  classSizes,
  colon,
  countText,
  hdxThreshold,
  reasonWords,
  recordsText,
  shareText,
} from './risk-words.ts';

export const riskMediaType = 'image/svg+xml';

/** Narrow, so that it can be read on a phone: in a column of 360 px the smallest text has 10 px. */
const width = 440;
const margin = 16;
const inner = width - 2 * margin;
/** Where bars begin that have a label before them. */
const left = 100;
/** Of the longest one: its figure has room after it. */
const barWidth = width - margin - left - 60;
/** Of a letter, at most, in the sizes of text below. */
const letter = { body: 7, small: 6.3 } as const;

const ink = {
  text: '#1b1b1b',
  quiet: '#4a4a4a',
  before: '#c3ccd6',
  after: '#1a4f8b',
  limit: '#9a5b00',
};

const fixed = {
  title: { fr: 'Risque de ré-identification', en: 'Re-identification risk' },
  before: { fr: 'avant', en: 'before' },
  after: { fr: 'après généralisation et suppression', en: 'after generalisation and suppression' },
  classes: {
    fr: 'Réponses, par taille de leur classe d’équivalence',
    en: 'Records by the size of their equivalence class',
  },
  global: { fr: 'Risque global', en: 'Global risk' },
  suppressed: { fr: 'Réponses retenues (suppression)', en: 'Records left out (suppression)' },
  identifiers: {
    fr: 'Ce que coûte chaque quasi-identifiant',
    en: 'What each quasi-identifier costs',
  },
  sensitive: { fr: 'Questions sensibles (l-diversité)', en: 'Sensitive questions (l-diversity)' },
  blocked: { fr: 'Rien de nouveau n’est publié', en: 'Nothing new is published' },
} as const satisfies Readonly<Record<string, Bilingual>>;

/**
 * The risk report as a picture (SVG 1.1), for whoever decides what is published: how large equivalence
 * classes are before and after, the global risk against its limits, what is left out, and what each
 * quasi-identifier costs. Every bar says its figure in words; no script.
 */
export function riskSvg(risk: Risk, language: Language = 'fr'): string {
  const page = new Page(language);
  page.title(fixed.title[language], subtitle(risk, language));
  if (risk.blocked !== null) page.warning(fixed.blocked[language], risk.blocked.reason[language]);
  drawClasses(page, risk);
  drawGlobalRisk(page, risk);
  drawSuppressed(page, risk);
  drawIdentifiers(page, risk);
  drawSensitive(page, risk);
  return page.drawn(fixed.title[language], summary(risk, language));
}

function drawClasses(page: Page, { before, after }: Risk): void {
  const { language } = page;
  page.heading(fixed.classes[language]);
  page.legend([
    [ink.before, fixed.before[language]],
    [ink.after, fixed.after[language]],
  ]);
  const most = Math.max(1, ...Object.values(before), ...Object.values(after));
  for (const [size, words] of classSizes) {
    const counts = [before[size], after[size]] as const;
    const [was, is] = counts.map((count) => recordsText(count, language));
    const text = `${words[language]}${colon(language)} ${fixed.before[language]} ${was}, ${fixed.after[language]} ${is}`;
    page.pair(words[language], text, [
      { share: counts[0] / most, text: countText(counts[0], language), fill: ink.before },
      { share: counts[1] / most, text: countText(counts[1], language), fill: ink.after },
    ]);
  }
}

function drawGlobalRisk(page: Page, { globalRisk }: Risk): void {
  if (globalRisk === undefined) return;
  const { language } = page;
  const { before, after, max } = globalRisk;
  page.heading(fixed.global[language]);
  page.note(
    {
      fr: 'Part des réponses que quelqu’un qui connaît tous les quasi-identifiants retrouverait en désignant au hasard dans la bonne classe.',
      en: 'Share of the records that someone who knows all quasi-identifiers would find by pointing at random into the right class.',
    }[language],
  );
  const most = Math.max(before, after, max, hdxThreshold);
  const limits = [
    { at: max / most, text: `max_risk ${shareText(max, language)}` },
    { at: hdxThreshold / most, text: `HDX ${shareText(hdxThreshold, language)}` },
  ];
  page.scale(
    [
      {
        label: fixed.before[language],
        share: before / most,
        text: shareText(before, language),
        fill: ink.before,
      },
      {
        label: { fr: 'après', en: 'after' }[language],
        share: after / most,
        text: shareText(after, language),
        fill: ink.after,
      },
    ],
    limits,
  );
}

function drawSuppressed(
  page: Page,
  { suppressed, suppressedShare, rows, informationLoss }: Risk,
): void {
  const { language } = page;
  page.heading(fixed.suppressed[language]);
  const share = shareText(suppressedShare, language);
  const of = { fr: 'sur', en: 'of' }[language];
  page.bar(
    `${countText(suppressed, language)} ${of} ${countText(rows, language)} (${share})`,
    suppressedShare,
  );
  if (informationLoss === undefined) return;
  const loss = shareText(informationLoss, language);
  page.note(
    {
      fr: `Des autres, les quasi-identifiants perdent ${loss} de ce qu’ils disent.`,
      en: `Of the others, the quasi-identifiers lose ${loss} of what they say.`,
    }[language],
  );
}

function drawIdentifiers(page: Page, { identifiers = [], drivers, suppressed }: Risk): void {
  if (identifiers.length === 0) return;
  const { language } = page;
  page.heading(fixed.identifiers[language]);
  const uniques = new Map(drivers.map((driver) => [driver.question, driver.uniques]));
  for (const { question, level, loss, reason, importance, suppressedIfExact } of identifiers) {
    page.named(question, level[language]);
    const lost = shareText(loss, language);
    page.bar({ fr: `perte ${lost}`, en: `loss ${lost}` }[language], loss);
    page.note(`${reasonWords[reason][language]}, importance${colon(language)} ${importance}`);
    const alone = uniques.get(question) ?? 0;
    if (alone > 0) {
      page.note(
        {
          fr: `${recordsText(alone, 'fr')} de moins ${alone > 1 ? 'seraient seules' : 'serait seule'} sans lui`,
          en: `${recordsText(alone, 'en')} fewer would be alone without it`,
        }[language],
      );
    }
    const more = suppressedIfExact - suppressed;
    if (more > 0) {
      page.note(
        {
          fr: `publié tel quel : ${recordsText(more, 'fr')} de plus ${more > 1 ? 'retenues' : 'retenue'}`,
          en: `published as it is: ${recordsText(more, 'en')} more left out`,
        }[language],
      );
    }
  }
}

function drawSensitive(page: Page, { sensitive = [] }: Risk): void {
  if (sensitive.length === 0) return;
  const { language } = page;
  page.heading(fixed.sensitive[language]);
  for (const { question, l, homogeneous } of sensitive) {
    page.named(question, `l = ${l}`);
    const [was, is] = [homogeneous.before, homogeneous.after];
    page.note(
      {
        fr: `dans une classe trop peu diverse : ${recordsText(was, 'fr')} avant, ${countText(is, 'fr')} après`,
        en: `in a class that is not diverse enough: ${recordsText(was, 'en')} before, ${countText(is, 'en')} after`,
      }[language],
    );
  }
}

function subtitle({ rows, k }: Risk, language: Language): string {
  const records = recordsText(rows, language);
  return {
    fr: `${records} qui ${rows > 1 ? 'peuvent' : 'peut'} être ${rows > 1 ? 'publiques' : 'publique'}, k = ${k}`,
    en: `${records} that may be public, k = ${k}`,
  }[language];
}

function summary(risk: Risk, language: Language): string {
  const { globalRisk, sampleUniques, suppressed, suppressedShare } = risk;
  const share = shareText(suppressedShare, language);
  const parts = {
    fr: [
      `${subtitle(risk, 'fr')}.`,
      `Seules dans leur classe d’équivalence, avant : ${countText(sampleUniques, 'fr')}.`,
      `Retenues : ${countText(suppressed, 'fr')} (${share}).`,
    ],
    en: [
      `${subtitle(risk, 'en')}.`,
      `Alone in their equivalence class before: ${countText(sampleUniques, 'en')}.`,
      `Left out: ${countText(suppressed, 'en')} (${share}).`,
    ],
  }[language];
  if (globalRisk === undefined) return parts.join(' ');
  const [before, after, max] = [globalRisk.before, globalRisk.after, globalRisk.max].map((one) =>
    shareText(one, language),
  );
  const global = {
    fr: `Risque global : ${before} avant, ${after} après, ${max} au plus.`,
    en: `Global risk: ${before} before, ${after} after, ${max} at most.`,
  }[language];
  return [...parts, global].join(' ');
}

interface Bar {
  /** Of the longest one, 0 to 1. */
  readonly share: number;
  readonly text: string;
  readonly fill: string;
}

/** Draws from top to bottom. */
class Page {
  readonly language: Language;
  readonly #parts: string[] = [];
  #y = 0;

  constructor(language: Language) {
    this.language = language;
  }

  title(text: string, below: string): void {
    this.#y = 30;
    this.#text(margin, text, 'font-size="18" font-weight="600"');
    this.#y += 20;
    this.#text(margin, below, `fill="${ink.quiet}"`);
  }

  warning(title: string, text: string): void {
    const lines = linesOf(text, letter.body, inner - 24);
    const height = 36 + lines.length * 18;
    this.#y += 14;
    this.#parts.push(
      `<rect x="${margin}" y="${this.#y}" width="${inner}" height="${height}" rx="4" fill="#fff4e0" stroke="${ink.limit}"/>`,
    );
    this.#y += 22;
    this.#text(margin + 12, title, 'font-weight="600"');
    for (const line of lines) {
      this.#y += 18;
      this.#text(margin + 12, line);
    }
    this.#y += 14;
  }

  heading(text: string): void {
    this.#y += 34;
    for (const [index, line] of linesOf(text, 8, inner).entries()) {
      if (index > 0) this.#y += 19;
      this.#text(margin, line, 'font-size="15" font-weight="600"');
    }
  }

  legend(items: readonly (readonly [fill: string, text: string])[]): void {
    this.#y += 20;
    let x = margin;
    for (const [fill, text] of items) {
      this.#rect({ x, y: this.#y - 11, width: 14, height: 12, fill });
      this.#text(x + 20, text, `fill="${ink.quiet}" font-size="13"`);
      x += 20 + Math.ceil(text.length * letter.body) + 18;
    }
    this.#y += 4;
  }

  /** Two bars, one under the other, with one label. */
  pair(label: string, text: string, bars: readonly Bar[]): void {
    this.#open(text);
    this.#y += 20;
    this.#text(margin, label);
    const top = this.#y - 14;
    for (const [index, bar] of bars.entries()) this.#barAt(top + index * 13, bar, 11);
    this.#y += 12;
    this.#close();
  }

  /** Bars with a label each, on one scale, and lines across them. */
  scale(
    bars: readonly (Bar & { readonly label: string })[],
    limits: readonly { readonly at: number; readonly text: string }[],
  ): void {
    this.#y += 8;
    const top = this.#y;
    for (const bar of bars) {
      this.#open(`${bar.label}${colon(this.language)} ${bar.text}`);
      this.#y += 20;
      this.#text(margin, bar.label);
      // All figures behind the scale: lines go through what is on it.
      this.#barAt(this.#y - 12, bar, 15, barWidth);
      this.#close();
    }
    for (const { at, text } of limits.toSorted((one, other) => other.at - one.at)) {
      const x = round(left + at * barWidth);
      this.#y += 19;
      this.#parts.push(
        `<path d="M${x} ${top + 4}V${this.#y - 3}" stroke="${ink.limit}" stroke-dasharray="3 3" fill="none"/>`,
      );
      const isRight = at > 0.5;
      const anchor = isRight ? ' text-anchor="end"' : '';
      this.#text(isRight ? x - 5 : x + 5, text, `fill="${ink.limit}" font-size="13"${anchor}`);
    }
  }

  /** A share of a whole that is drawn, too. */
  bar(text: string, share: number): void {
    const full = 150;
    this.#open(text);
    this.#y += 20;
    this.#rect({ x: margin, y: this.#y - 12, width: full, height: 14, fill: '#eef1f4' });
    if (share > 0) {
      const drawn = Math.max(1, round(full * Math.min(1, share)));
      this.#rect({ x: margin, y: this.#y - 12, width: drawn, height: 14, fill: ink.after });
    }
    this.#text(margin + full + 10, text);
    this.#close();
  }

  /** A name, of which the end says most, and beside it or below what is said of it. */
  named(name: string, text: string): void {
    this.#y += 26;
    const shown = shortened(name, 44, 'start');
    const isBeside = shown.length * 8.2 + 12 + text.length * letter.body <= inner;
    const bold = 'font-weight="600"';
    if (isBeside) {
      this.#parts.push(
        `<text x="${margin}" y="${this.#y}"><tspan ${bold}>${xmlText(shown)}</tspan><tspan dx="10">${xmlText(text)}</tspan></text>`,
      );
      return;
    }
    this.#text(margin, shown, bold);
    this.#y += 18;
    this.#text(margin, shortened(text, 56));
  }

  note(text: string): void {
    for (const line of linesOf(text, letter.small, inner)) {
      this.#y += 18;
      this.#text(margin, line, `fill="${ink.quiet}" font-size="13"`);
    }
  }

  drawn(title: string, description: string): string {
    const height = this.#y + 24;
    const font = `font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif" font-size="14" fill="${ink.text}"`;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" version="1.1" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="titre resume" xml:lang="${this.language}" ${font}>`,
      `<title id="titre">${xmlText(title)}</title>`,
      `<desc id="resume">${xmlText(description)}</desc>`,
      `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
      ...this.#parts,
      '</svg>\n',
    ].join('\n');
  }

  /** `behind`: how far from the beginning of the bar its figure stands; else right behind it. */
  #barAt(y: number, { share, text, fill }: Bar, height: number, behind?: number): void {
    const drawn = share > 0 ? Math.max(1, round(share * barWidth)) : 0;
    if (drawn > 0) this.#rect({ x: left, y, width: drawn, height, fill });
    const [x, bottom] = [round(left + (behind ?? drawn) + 6), y + height - 1];
    this.#parts.push(`<text x="${x}" y="${bottom}" font-size="12">${xmlText(text)}</text>`);
  }

  #rect(
    of: Readonly<Record<'x' | 'y' | 'width' | 'height', number>> & { readonly fill: string },
  ): void {
    const pairs = Object.entries(of).map(([name, value]) => ` ${name}="${value}"`);
    this.#parts.push(`<rect${pairs.join('')}/>`);
  }

  #text(x: number, text: string, more = ''): void {
    const rest = more === '' ? '' : ` ${more}`;
    this.#parts.push(`<text x="${x}" y="${this.#y}"${rest}>${xmlText(text)}</text>`);
  }

  #open(words: string): void {
    this.#parts.push(`<g><title>${xmlText(words)}</title>`);
  }

  #close(): void {
    this.#parts.push('</g>');
  }
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

/** Lines of whole words; a no-break space is none between words. */
function linesOf(text: string, perLetter: number, room: number): readonly string[] {
  const most = Math.floor(room / perLetter);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > most && line !== '') {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((one) => shortened(one, most));
}

/** The text with so many characters at most; `from`: at which end some are left out. */
function shortened(text: string, most: number, from: 'start' | 'end' = 'end'): string {
  const characters = Array.from(new Intl.Segmenter('fr').segment(text), ({ segment }) => segment);
  if (characters.length <= most) return text;
  return from === 'start'
    ? `…${characters.slice(1 - most).join('')}`
    : `${characters.slice(0, most - 1).join('')}…`;
}
