import { isMap, isPair, isScalar, isSeq, parseDocument, type Document } from 'yaml';
import { Fault, type FaultDetail } from '../../fault.ts';
import type { Bilingual } from '../../text.ts';
import { rowNumber, type FormDefinition } from '../definition.ts';
import { FormDefinitionSchema } from '../definition-schema.ts';

/** The largest YAML form that is read, in UTF-16 code units. */
export const maxYamlLength = 1_000_000;
/** How often aliases may be followed: enough to repeat a cell, too few for a bomb. */
const maxAliases = 100;
/** Flow collections deeper than this are no form, and would exhaust the parser's stack. */
const maxFlowDepth = 50;
/** A cell stands at sheet, row, column. */
const maxPathLength = 3;
const maxErrors = 1_000;

type Place = NonNullable<FaultDetail['at']>;
type Step = string | number;

const file: Place = { sheet: '', row: 0, column: '' };

function fault(code: string, at: Place, pointer: string, message: Bilingual): FaultDetail {
  return { pointer, code, message, at };
}

/** Where a path such as `survey, 3, label` leads an author who thinks in sheets and rows. */
function placeOf(path: readonly Step[]): Place {
  const [sheet, ...rest] = path;
  const index = rest.find((step) => typeof step === 'number');
  const column = rest.find((step) => typeof step === 'string');
  return {
    sheet: String(sheet ?? ''),
    row: index === undefined ? (sheet === 'settings' ? rowNumber(0) : 0) : rowNumber(index),
    column: column ?? '',
  };
}

const pointerOf = (path: readonly Step[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The path of the innermost value that stands at this offset of the YAML text. */
function pathAt(document: Document, offset: number): Step[] {
  const path: Step[] = [];
  let node: unknown = document.contents;
  const holds = (part: unknown): boolean => {
    const range = isMap(part) || isSeq(part) || isScalar(part) ? part.range : undefined;
    return !!range && range[0] <= offset && offset < range[2];
  };
  while (isMap(node) || isSeq(node)) {
    const items: readonly unknown[] = node.items;
    const index = items.findIndex((item) =>
      isPair(item) ? holds(item.key) || holds(item.value) : holds(item),
    );
    const item = items[index];
    if (index < 0) break;
    path.push(isPair(item) && isScalar(item.key) ? String(item.key.value) : index);
    node = isPair(item) ? item.value : item;
  }
  return path;
}

/** The paths of columns that a row has twice. */
function duplicateKeys(node: unknown, path: readonly Step[] = []): Step[][] {
  if (path.length > maxPathLength) return [];
  if (isSeq(node))
    return node.items.flatMap((item, index) => duplicateKeys(item, [...path, index]));
  if (!isMap(node)) return [];
  const seen = new Set<string>();
  return node.items.flatMap(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : '';
    const here = [...path, name];
    const below = duplicateKeys(value, here);
    if (seen.has(name)) return [here, ...below];
    seen.add(name);
    return below;
  });
}

function flowDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    else if (character === ']' || character === '}' || character === '\n') depth = 0;
  }
  return deepest;
}

/** Cells are texts: `01` stays `01` and `1.10` stays `1.10`, as in a workbook's text cells. */
function parse(text: string): Document {
  return parseDocument(text, {
    schema: 'core',
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === 'string' || !/:(?:int|float)$/.test(tag.tag)),
    // Checked below: the parser compares every key with every other.
    uniqueKeys: false,
    stringKeys: true,
    prettyErrors: true,
  });
}

/**
 * Reads a form from YAML: sheets `survey`, `choices`, `settings` as lists of rows (settings: one row).
 * Throws Fault `invalid-form`; each of its errors says where in `at` (row 1 is the header a workbook
 * would have; row 0: no row).
 */
export function readYaml(text: string): FormDefinition {
  if (text.length > maxYamlLength || flowDepth(text) > maxFlowDepth) {
    throw new Fault('invalid-form', {
      errors: [
        fault('yaml-too-large', file, '', {
          fr: `Ce YAML est trop long ou trop imbriqué : ${maxYamlLength} signes et ${maxFlowDepth} niveaux au plus.`,
          en: `This YAML is too long or too deep: at most ${maxYamlLength} characters and ${maxFlowDepth} levels.`,
        }),
      ],
    });
  }
  const parsed = FormDefinitionSchema.safeParse(plainData(text));
  if (parsed.success) return parsed.data;
  throw new Fault('invalid-form', {
    errors: parsed.error.issues.slice(0, maxErrors).map((issue) => {
      const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
      return fault('wrong-shape', placeOf(path), pointerOf(path), shapeMessage(path));
    }),
  });
}

function shapeMessage(path: readonly Step[]): Bilingual {
  if (path.length <= 1) {
    return {
      fr: 'Une fiche a une liste de lignes sous « survey » et « choices » (20 000 au plus) et des réglages sous « settings ».',
      en: 'A form has a list of rows under "survey" and "choices" (at most 20,000) and settings under "settings".',
    };
  }
  return {
    fr: 'Chaque ligne est une suite « colonne : valeur », et chaque valeur un texte, un nombre, true ou false.',
    en: 'Each row is a series of "column: value", and each value is a text, a number, true or false.',
  };
}

function plainData(text: string): unknown {
  let document: Document;
  try {
    document = parse(text);
  } catch (cause) {
    throw unreadable(String(cause), file, '');
  }
  const twice = duplicateKeys(document.contents).map((path) => syntaxFault('duplicate-key', path));
  const broken = document.errors.map(({ linePos, pos }) => {
    const position = linePos?.[0];
    const at = position === undefined ? '' : `${position.line}:${position.col}`;
    return syntaxFault('invalid-yaml', pathAt(document, pos[0]), at);
  });
  if (twice.length + broken.length > 0) {
    throw new Fault('invalid-form', { errors: [...broken, ...twice].slice(0, maxErrors) });
  }
  try {
    return document.toJS({ maxAliasCount: maxAliases });
  } catch (cause) {
    throw unreadable(String(cause), file, '');
  }
}

function syntaxFault(
  code: 'duplicate-key' | 'invalid-yaml',
  path: readonly Step[],
  position = '',
): FaultDetail {
  const message =
    code === 'duplicate-key'
      ? {
          fr: `Cette colonne est donnée deux fois : n’en gardez qu’une.`,
          en: `This column is given twice: keep one.`,
        }
      : {
          fr: `Ce YAML ne se lit pas à partir de ligne:colonne ${position} : vérifiez le retrait, les deux-points et les guillemets.`,
          en: `This YAML cannot be read from line:column ${position} on: check indentation, colons and quotes.`,
        };
  return fault(code, placeOf(path), pointerOf(path), message);
}

function unreadable(reason: string, at: Place, pointer: string): Fault {
  return new Fault('invalid-form', {
    cause: reason,
    errors: [
      fault('invalid-yaml', at, pointer, {
        fr: 'Ce YAML ne se lit pas, ou ses alias (*) sont trop nombreux : écrivez les valeurs en toutes lettres.',
        en: 'This YAML cannot be read, or has too many aliases (*): write the values out.',
      }),
    ],
  });
}
