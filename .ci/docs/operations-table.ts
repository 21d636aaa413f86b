import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Access } from '../../shared/access/policy.ts';
import { operations } from '../../shared/http/operations/table.ts';

const columns = ['method', 'path', 'no token', 'member', 'coordinator'] as const;
type Caller = Exclude<(typeof columns)[number], 'method' | 'path'>;

/** What a role gets from an operation of each kind, before it is asked whose thing it is. */
const may: Readonly<Record<Access, Readonly<Record<Caller, string>>>> = {
  anyone: { 'no token': 'yes', member: 'yes', coordinator: 'yes' },
  'form-audience': { 'no token': 'open forms', member: 'forms for members', coordinator: 'yes' },
  'any-token': { 'no token': 'no (401)', member: 'its part', coordinator: 'yes' },
  coordinator: { 'no token': 'no (401)', member: 'no (403)', coordinator: 'yes' },
};

/** The same where the token stands in the path, for phones. */
const mayByKey: typeof may.anyone = {
  'no token': 'no (401)',
  member: 'forms for members',
  coordinator: 'yes',
};

const begin = '<!-- made by npm run docs: operations -->';
const end = '<!-- end of operations -->';

/** docs/api.md with the table of operations as they are now. */
export function interfacePage(root: string): string {
  const page = readFileSync(join(root, 'docs/api.md'), 'utf8');
  const [head, rest = ''] = page.split(begin);
  const [, tail] = rest.split(end);
  if (tail === undefined) throw new Error('docs/api.md has no markers of its table.');
  return `${head ?? ''}${begin}\n\n${operationsTable()}\n\n${end}${tail}`;
}

/** Every operation and who may call it, as the Markdown table of docs/api.md; padded as Prettier pads tables. */
function operationsTable(): string {
  const rows = operations.map(({ method, path, access }) => {
    const roles = path.includes('{token}') ? mayByKey : may[access];
    return [method, `\`${path}\``, roles['no token'], roles.member, roles.coordinator];
  });
  const table = [[...columns], ...rows];
  const widths = columns.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(columns), rule, ...rows.map(line)].join('\n');
}
