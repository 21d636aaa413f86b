import ts from 'typescript';
import { isPair, isScalar, parseDocument, visit } from 'yaml';

/** Where in a file a text stands that people read in French. */
interface Span {
  readonly start: number;
  readonly end: number;
}

const narrow = '\u202f';
const wide = '\u00a0';
const kept = /(`[^`]*`|"[^"\s]*"|\$\{[^}]*\}|https?:\/\/\S+|\]\([^)]*\)|<[^>]*>|&\w+;|#[A-Z]+!)/;
const before = `(?<![\\s«(;?!:])[ ${wide}${narrow}]*`;
const after = `(?=[\\s”"’')»*_…|]|\\\\n|$)`;
const high = new RegExp(`${before}([;?!]+)${after}`, 'g');
const colon = new RegExp(`${before}:${after}`, 'g');

/**
 * The text as French typography has it: a narrow no-break space before `;`, `?` and `!`, a no-break
 * space before `:` and inside guillemets, curved apostrophes. Code, addresses and times stay as they are.
 */
export function typeset(text: string): string {
  return text
    .split(kept)
    .map((part, index) => (index % 2 === 1 ? part : typesetWords(part)))
    .join('');
}

function typesetWords(text: string): string {
  return text
    .replaceAll('\\u00a0', wide)
    .replaceAll('\\u202f', narrow)
    .replaceAll(/«[ \u00a0\u202f]*/g, `«${wide}`)
    .replaceAll(/[ \u00a0\u202f]*»/g, `${wide}»`)
    .replaceAll(high, `${narrow}$1`)
    .replaceAll(colon, `${wide}:`)
    .replaceAll(/(?<=\p{L})\\?'(?=\p{L})/gu, '’');
}

const frenchWords =
  /(?<![\p{L}])(le|la|les|des|du|de|une?|est|sont|et|ou|pas|pour|que|qui|dans|sur|par|avec|ce|cette|ne|au|aux|votre|vous|à|où|été|[cdjlmnqst]’\p{L}+|qu’\p{L}+)(?![\p{L}])/giu;
const englishWords =
  /(?<![\p{L}])(the|of|and|is|are|to|in|for|that|with|by|from|not|its?|has|was|be|as|an?|on|or|this|which|at)(?![\p{L}])/giu;

/** True for a sentence, or part of one, in French. */
export function isFrench(text: string): boolean {
  const french =
    [...text.matchAll(frenchWords)].length +
    (/[àâçéèêîïôùûœ«]|\p{L} [:;](?:\s|$)/iu.test(text) ? 1 : 0);
  return /\p{L}\s/u.test(text) && french > [...text.matchAll(englishWords)].length;
}

/** The French texts of a TypeScript file, a page, a form or a document, by the end of its name. */
function frenchTexts(path: string, source: string): readonly Span[] {
  if (path.endsWith('.ts')) return frenchLiterals(source);
  if (path.endsWith('.yaml')) return frenchScalars(source);
  if (path.endsWith('.html')) return frenchMatches(source, />([^<]+)</g);
  return frenchMatches(withoutCode(source), /(?:^|\n)((?:[^\n]*\|[^\n]*)|(?:[^\n|]+\n?)+)/g);
}

/** What stands in the source as it should not, with where, and as it should. */
export function misprints(
  path: string,
  source: string,
): readonly (Span & { readonly text: string })[] {
  return frenchTexts(path, source)
    .map(({ start, end }) => ({ start, end, text: typeset(source.slice(start, end)) }))
    .filter(({ start, end, text }) => text !== source.slice(start, end));
}

function frenchMatches(source: string, pattern: RegExp): Span[] {
  return [...source.matchAll(pattern)].flatMap((match) => {
    const text = match[1] ?? '';
    const start = match.index + match[0].indexOf(text);
    return isFrench(text) ? [{ start, end: start + text.length }] : [];
  });
}

/** Fenced code is blanked out, character by character. */
function withoutCode(source: string): string {
  return source.replaceAll(/^```[\s\S]*?^```$/gm, (code) => code.replaceAll(/[^\n]/g, '`'));
}

function frenchScalars(source: string): Span[] {
  const spans: Span[] = [];
  visit(parseDocument(source), {
    Scalar(key, { value, range }, path) {
      const pair = path.at(-1);
      if (key === 'key' || typeof value !== 'string' || !range) return;
      const column = isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : '';
      if (column.endsWith('(fr)') || (!column.endsWith('(en)') && isFrench(value)))
        spans.push({ start: range[0], end: range[1] });
    },
  });
  return spans;
}

/** Literals of a member `fr`, and others that read as French. */
function frenchLiterals(source: string): Span[] {
  const file = ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest, true);
  const spans: Span[] = [];
  // Of a text in both languages the lines in French.
  const add = (node: ts.Node, left: number, right: number): void => {
    const [start, end] = [node.getStart(file) + left, node.getEnd() - right];
    const text = source.slice(start, end);
    if (!text.includes('\n')) spans.push({ start, end });
    else
      for (const { start: at, end: to } of frenchMatches(text, /([^\n]+)/g))
        spans.push({ start: start + at, end: start + to });
  };
  const look = (node: ts.Node, inFrench: boolean): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isStringLiteralLike(node) && (inFrench || isFrench(node.text))) add(node, 1, 1);
    let within = inFrench;
    if (ts.isTemplateExpression(node)) {
      const { head, templateSpans } = node;
      const parts = [head, ...templateSpans.map(({ literal }) => literal)];
      if (inFrench || isFrench(parts.map(({ text }) => text).join('x'))) {
        within = true;
        for (const part of parts) add(part, 1, ts.isTemplateTail(part) ? 1 : 2);
      }
    }
    if (ts.isPropertyAssignment(node)) {
      const { name } = node;
      const isName = ts.isIdentifier(name) || ts.isStringLiteral(name);
      if (isName && name.text === 'fr') within = true;
      if (isName && name.text === 'en') within = false;
    }
    if (ts.isConditionalExpression(node) && /=== 'fr'$/.test(node.condition.getText(file))) {
      look(node.whenTrue, true);
      look(node.whenFalse, false);
    } else ts.forEachChild(node, (child) => look(child, within));
  };
  look(file, false);
  return spans;
}
