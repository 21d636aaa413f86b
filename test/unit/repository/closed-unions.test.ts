import { globSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { closedUnionTables, type OpenTable } from '../../support/closed-union-tables.ts';
import { programOf } from '../../support/program-of.ts';

const folder = join(import.meta.dirname, '../../../shared/');
/** Reading what shared/ imports takes seconds, on a busy machine a minute. */
const patience = 240_000;
const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2024,
  types: ['node'],
};

const kinds = `
  type Kind = 'a' | 'b' | 'c';
  declare const kind: Kind;
  declare const kinds: readonly Kind[];
`;

const open: readonly (readonly [string, OpenTable['kind'], string])[] = [
  ['a Partial', 'partial', 'export const t: Partial<Record<Kind, number>> = { a: 1 };'],
  ['a Partial within', 'partial', 'export const t: Partial<Readonly<Record<Kind, 1>>> = {};'],
  ['a Partial by name', 'partial', 'type All = Record<Kind, 1>; export type T = Partial<All>;'],
  ['optional keys', 'partial', 'export type T = { readonly [K in Kind]?: number };'],
  ['a Set', 'set', "export const t: ReadonlySet<Kind> = new Set(['a']);"],
  ['a Set of a list', 'set', "const l = ['a', 'b'] as const; export const t = new Set<Kind>(l);"],
  ['a Set of strings', 'set', "const t = new Set<string>(['a']); export const has = t.has(kind);"],
  ['a Map', 'map', "export const t: ReadonlyMap<Kind, number> = new Map([['a', 1]]);"],
  [
    'a Map of strings',
    'map',
    "const t = new Map([['a' as string, 1]]); export const n = t.get(kind);",
  ],
  ['a list', 'list', "export const t = (['a', 'b'] as Kind[]).includes(kind);"],
  [
    'a named list',
    'list',
    "const t: readonly string[] = ['a']; export const has = t.includes(kind);",
  ],
  ['an open record', 'index', 'const t: Record<string, 1> = { a: 1 }; export const n = t[kind];'],
];

const closed: readonly (readonly [string, string])[] = [
  ['total', 'export const t: Record<Kind, number> = { a: 1, b: 2, c: 3 };'],
  ['filled at run time', 'export const t = new Map<Kind, number>(); t.set(kind, 1);'],
  ['made from data', 'export const t = new Set(kinds); export const has = t.has(kind);'],
  ['the whole union', "const l = ['a', 'b', 'c'] as const; export const t = new Set<Kind>(l);"],
  ['keyed by any string', "export const t = new Set<string>(['a', 'b']);"],
];

/** The kinds of tables found in texts, each of them a file of its own. */
function foundIn(texts: readonly string[]): readonly string[][] {
  const files = new Map(texts.map((text, index) => [`/example/${index}.ts`, kinds + text]));
  const program = programOf(files, { ...options, types: [] });
  const found = closedUnionTables(program, '/example/');
  return texts.map((_, index) =>
    found.filter(({ place }) => place.startsWith(`${index}.ts:`)).map(({ kind }) => kind),
  );
}

describe('A table keyed by a closed union', () => {
  it('has every key, wherever in shared/', { timeout: patience }, () => {
    const program = ts.createProgram(globSync(join(folder, '**/*.ts')), options);
    expect(program.getSourceFiles().length).toBeGreaterThan(300);
    expect(closedUnionTables(program, folder)).toEqual([]);
  });

  it('is found if it answers for keys that it forgets', { timeout: patience }, () => {
    const found = foundIn(open.map(([, , text]) => text));
    expect(open.map(([name], index) => [name, found[index]])).toEqual(
      open.map(([name, kind]) => [name, [kind]]),
    );
  });

  it('is let be if it is total, or filled at run time', { timeout: patience }, () => {
    const found = foundIn(closed.map(([, text]) => text));
    expect(closed.filter((_, index) => found[index]?.length !== 0)).toEqual([]);
  });
});
