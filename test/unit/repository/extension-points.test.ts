import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programOf } from '../../support/program-of.ts';

/** A text put into a file in front of another one; without `before`, all of a new file. */
interface Edit {
  readonly path: string;
  readonly before?: string;
  readonly text: string;
}

/** One more of something that grows. */
interface Extension {
  /** In CONTRIBUTING.md: one more of what. */
  readonly what: string;
  readonly row: Edit;
  /** What it takes beside its row. `compiler`: without it the row does not compile. */
  readonly then?: Edit & { readonly askedBy: 'compiler' | 'test' | 'nobody' };
  /** A test that goes through the table, so that it tries the new row as well. */
  readonly walkedBy?: string;
  /** Evaluated in a copy of the sources with all edits, and in one with none. */
  readonly shows: string;
  readonly follows: unknown;
  readonly before: unknown;
}

const types = 'shared/form/types/question-types.ts';
const storyType = `{
  type: 'story', aliases: [], prose: true, choices: 'none', place: 'none', shape: 'text', words: true,
  mediaTypes: [], columnKind: 'text', settings: [], answeredBy: 'person', control: asks('input'),
  preload: undefined, action: undefined, default: 'answer', bind: 'string', parameters: {},
},\n`;
const linesFormat = `import type { Format } from './format.ts';

export const lines: Format = {
  name: 'lines',
  inParts: 'append',
  open: ({ head, open }) => {
    const file = open(\`\${head.dataset}.lines.txt\`, 'text/plain');
    return {
      row: () => {
        file.write('.');
        file.rows += 1;
      },
      end: () => file.rows,
    };
  },
};
`;
const greetCommand = `import type { Command } from '../command.ts';

export const greet: Command = {
  name: 'greet',
  usage: [''],
  summary: { fr: 'Salue.', en: 'Greets.' },
  options: {},
  run: () => Promise.resolve(0),
};
`;

const extensions: readonly Extension[] = [
  {
    what: 'an operation of the API',
    row: {
      path: 'shared/http/operations/service.ts',
      before: "{\n    method: 'GET',\n    path: '/v1/openapi.json',",
      text: `{
        method: 'GET', path: '/v1/greeting', operation: 'getGreeting', door: 'registry', access: 'anyone',
        limit: 'usual', summary: { fr: 'Salue.', en: 'Greets.' }, responses: { 200: ({ OpenApi }) => OpenApi },
        example: { url: '/v1/greeting', answer: { hello: 'world' } },
      },\n`,
    },
    then: {
      path: 'functions/registry/handler.ts',
      before: '      getMe: ',
      text: "      getGreeting: () => Promise.resolve({ status: 200, body: { hello: 'world' } }),\n",
      askedBy: 'compiler',
    },
    walkedBy: 'test/unit/functions/access-walk.test.ts',
    shows: "Object.hasOwn((await load('shared/http/openapi.ts')).openApi().paths, '/v1/greeting')",
    follows: true,
    before: false,
  },
  {
    what: 'a function of expressions',
    row: {
      path: 'shared/form/expression/functions/number-functions.ts',
      before: "  numeric('int'",
      text: "  numeric('thrice', (value) => 3 * value),\n",
    },
    then: {
      path: 'test/unit/shared/form/expression/functions.test.ts',
      before: "  ['true()', true],",
      text: "  ['thrice(2)', 6],\n",
      askedBy: 'test',
    },
    walkedBy: 'test/unit/shared/form/expression/functions.test.ts',
    shows: "codes({ type: 'calculate', calculation: 'thrice(2)' })",
    follows: [],
    before: ['unknown-function'],
  },
  {
    what: 'a question type',
    row: { path: types, before: '] as const satisfies', text: storyType },
    walkedBy: 'test/unit/shared/form/types/new-question-type.test.ts',
    shows: "codes({ type: 'story' })",
    follows: [],
    before: ['unknown-type'],
  },
  {
    what: 'a column of XLSForm',
    row: {
      path: 'shared/form/compile/columns.ts',
      before: "  { column: 'hxl' },",
      text: "  { column: 'colour' },\n",
    },
    shows: "codes({ type: 'text', colour: 'blue' })",
    follows: [],
    before: ['unknown-column'],
  },
  {
    what: 'an output format',
    row: {
      path: 'shared/dataset/formats/formats.ts',
      before: '  tableFacts,\n];',
      text: '  lines,\n',
    },
    then: { path: 'shared/dataset/formats/lines.ts', text: linesFormat, askedBy: 'compiler' },
    walkedBy: 'test/unit/shared/dataset/formats/every-format.test.ts',
    shows: "await compiled('poll.lines.txt')",
    follows: '.',
    before: 'not-found',
  },
  {
    what: 'a way to be refused',
    row: {
      path: 'shared/fault.ts',
      before: "  | 'conflict'",
      text: "  | 'too-shy'\n",
    },
    then: {
      path: 'shared/http/problem-kinds.ts',
      before: '  conflict: {',
      text: `  'too-shy': {
        status: 409, retryAfter: undefined, title: { fr: 'Timide', en: 'Shy' },
        detail: { fr: 'Revenez.', en: 'Come back.' },
      },\n`,
      askedBy: 'compiler',
    },
    walkedBy: 'test/unit/shared/http/problems.test.ts',
    shows: "(await load('shared/http/problem-kinds.ts')).problemKinds['too-shy']?.status ?? null",
    follows: 409,
    before: null,
  },
  {
    what: 'a built-in form',
    row: {
      path: 'forms/poll.yaml',
      text: "settings:\n  form_title: Sondage\nsurvey:\n  - type: text\n    name: a\n    label: 'A'\n",
    },
    then: {
      path: 'test/fixtures/poll.json',
      text: '{ "formId": "poll", "valid": [], "invalid": [] }\n',
      askedBy: 'test',
    },
    walkedBy: 'test/unit/forms/built-in-forms.test.ts',
    shows: "(await (await load('local/initialise.ts')).readBuiltIn()).forms.has('poll')",
    follows: true,
    before: false,
  },
  {
    what: 'a command of the operator’s tool',
    row: { path: 'local/commands.ts', before: '  init,\n', text: '  greet,\n' },
    then: { path: 'local/commands/greet.ts', text: greetCommand, askedBy: 'compiler' },
    walkedBy: 'test/unit/local/run-fiche.test.ts',
    shows: "(await help()).includes('greet')",
    follows: true,
    before: false,
  },
];

const script = `
const load = (path) => import('./' + path);
const { compileForm } = await load('shared/form/compile/compile-form.ts');
const { DatasetWorld } = await load('test/support/dataset-world.ts');
const codes = (row) => {
  const { errors, warnings } = compileForm('poll', { survey: [{ name: 'a', label: 'A', ...row }], choices: [], settings: {} }, new Map());
  return [...errors, ...warnings].map(({ code }) => code);
};
const compiled = async (name) => {
  const world = new DatasetWorld();
  await world.publishForm('poll', { survey: [{ type: 'text', name: 'a', label: 'A' }], choices: [], settings: { version: '1' } });
  await world.put('poll', 'poll-0001', { a: 'x' });
  await world.compile();
  return world.file('poll', 'coordinator', name).catch(({ code }) => code);
};
const help = async () => {
  const lines = [];
  await (await load('local/run-fiche.ts')).runFiche(['help'], { language: 'en', interactive: false, out: (line) => lines.push(line), err() {} });
  return lines.join('\\n');
};
const shown = {};
SHOWS
console.log(JSON.stringify(shown));
`;

const imports: Readonly<Record<string, string>> = {
  'shared/dataset/formats/formats.ts': "import { lines } from './lines.ts';\n",
  'local/commands.ts': "import { greet } from './commands/greet.ts';\n",
};

function edited(text: string | undefined, { path, before, text: added }: Edit): string {
  if (before === undefined) return added;
  const at = text?.indexOf(before) ?? -1;
  if (text === undefined || at < 0) throw new Error(`${path} has no ${before}`);
  return `${imports[path] ?? ''}${text.slice(0, at)}${added}${text.slice(at)}`;
}

/** What the expressions of all extensions are, in a folder of sources. */
async function shownIn(folder: string): Promise<Record<string, unknown>> {
  const shows = extensions.map(({ what, shows }) => `shown[${JSON.stringify(what)}] = ${shows};`);
  const module = join(folder, 'show.mjs');
  await writeFile(
    module,
    script.replace('SHOWS', () => shows.join('\n')),
  );
  const { stdout } = await promisify(execFile)(process.execPath, [module]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2024,
  types: ['node'],
  exactOptionalPropertyTypes: true,
};

/** Which of the files that are edited do not compile after that. */
function refusedAfter(edits: readonly Edit[]): readonly string[] {
  const texts = new Map<string, string>();
  for (const edit of edits) {
    const path = resolve(edit.path);
    texts.set(path, edited(texts.get(path) ?? ts.sys.readFile(path), edit));
  }
  const program = programOf(texts, options);
  return [...texts.keys()]
    .filter((path) => program.getSemanticDiagnostics(program.getSourceFile(path)).length > 0)
    .map((path) => relative('.', path));
}

let folder: string;
let shown: Record<string, unknown>;
let shownBefore: Record<string, unknown>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiche-extended-'));
  const before = join(folder, 'before');
  const after = join(folder, 'after');
  for (const copy of [before, after]) {
    await mkdir(copy);
    await symlink(resolve('node_modules'), join(copy, 'node_modules'));
    for (const part of ['package.json', 'shared', 'functions', 'local', 'forms', 'test/support'])
      await cp(part, join(copy, part), { recursive: true });
  }
  for (const edit of extensions.flatMap(({ row, then }) => (then ? [row, then] : [row]))) {
    const path = join(after, edit.path);
    const text = existsSync(path) ? await readFile(path, 'utf8') : readText(edit.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, edited(text, edit));
  }
  [shown, shownBefore] = await Promise.all([shownIn(after), shownIn(before)]);
});
afterAll(() => rm(folder, { recursive: true }));

function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

describe.each(extensions)('$what', ({ what, row, then, follows, before }) => {
  it('takes its row, and what CONTRIBUTING.md says', () => {
    const line = readFileSync('CONTRIBUTING.md', 'utf8')
      .split('\n')
      .find((text) => text.startsWith(`| ${what} `));
    const places = [row, ...(then ? [then] : [])].map(({ path }) => path);
    const named = [...(line ?? '').matchAll(/`([\w./-]+)`/g)].map(([, path]) => path ?? '');
    expect(named).toHaveLength(places.length);
    for (const [index, path] of places.entries())
      expect(path.startsWith(named[index] ?? '-'), path).toBe(true);
  });

  it('then works', () => {
    expect(shownBefore[what]).toEqual(before);
    expect(shown[what]).toEqual(follows);
  });
});

it('tests walk the tables', () => {
  const tests = extensions.flatMap(({ walkedBy }) => walkedBy ?? []);
  expect(tests.filter((path) => !existsSync(path))).toEqual([]);
});

it('the compiler asks for what a row takes', { timeout: 120_000 }, () => {
  // What local/ imports is much, and a command's row is in want of nothing but its file.
  const typed = extensions.filter(({ row }) => /^shared.*ts$/.test(row.path));
  const asked = typed.flatMap(({ row, then }) => {
    if (then?.askedBy !== 'compiler') return [];
    return [then.before === undefined ? row.path : then.path];
  });
  const unchanged = typed.flatMap(({ then }) =>
    then?.before === undefined ? [] : [{ path: then.path, before: then.before, text: '' }],
  );
  expect(refusedAfter([...typed.map(({ row }) => row), ...unchanged]).toSorted()).toEqual(
    asked.toSorted(),
  );
});
