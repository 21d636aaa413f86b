import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { stringify } from 'yaml';
import { FormDefinition } from '../../shared/form/definition.ts';
import { readYaml } from '../../shared/form/read-yaml.ts';
import { Fault } from '../../shared/fault.ts';
import { parseJson } from '../../shared/http/body.ts';
import { named, oneOf, word, type Call, type Command } from '../command.ts';

const actions = ['list', 'put', 'publish', 'close', 'get'] as const;

export const forms: Command = {
  name: 'forms',
  usage: [
    'list',
    'put FILE.yaml|FILE.json [--id FORM]',
    'publish FORM',
    'close FORM',
    'get FORM [--version V]',
  ],
  summary: {
    fr: 'Montre, dépose, publie ou ferme des fiches.',
    en: 'Lists, uploads, publishes or closes forms.',
  },
  options: { id: { type: 'string' }, version: { type: 'string' } },
  run: async (call) => {
    const action = oneOf(word(call, 0, actions.join('|')), actions, 'forms');
    await run[action](call);
    return 0;
  },
};

const run: Readonly<Record<(typeof actions)[number], (call: Call) => Promise<void>>> = {
  list: async ({ home, terminal }) => {
    for (const { formId, state, audience, versions, draft, title } of await home.forms.list()) {
      const version = versions.at(-1)?.version ?? draft?.version ?? '-';
      const name = title[terminal.language] ?? Object.values(title)[0] ?? '';
      terminal.out([formId, state, version, audience, name].join('\t'));
    }
  },
  put: async (call) => {
    const file = word(call, 1, 'FILE');
    const formId = call.value('id') ?? basename(file, extname(file));
    const { version, warnings } = await call.home.forms.putDraft(formId, await read(file));
    for (const { sheet, row, column, message } of warnings) {
      call.terminal.err(`${sheet} ${row} ${column}: ${message[call.terminal.language]}`);
    }
    call.terminal.out(`${formId}\t${version}`);
  },
  publish: async (call) => {
    const formId = word(call, 1, 'FORM');
    const form = await named(formId, call.home.forms.publish(formId));
    call.terminal.out(`${form.formId}\t${form.state}\t${form.versions.at(-1)?.version ?? '-'}`);
  },
  close: async (call) => {
    const formId = word(call, 1, 'FORM');
    const form = await named(formId, call.home.forms.close(formId));
    call.terminal.out(`${form.formId}\t${form.state}`);
  },
  get: async (call) => {
    const definition = await call.home.forms.definition(
      word(call, 1, 'FORM'),
      call.value('version'),
    );
    call.terminal.out(stringify(definition).trimEnd());
  },
};

async function read(file: string): Promise<FormDefinition> {
  const text = await readFile(file, 'utf8');
  if (extname(file).toLowerCase() !== '.json') return readYaml(text);
  const parsed = FormDefinition.safeParse(parseJson(text));
  if (!parsed.success) throw new Fault('invalid-form', { cause: parsed.error });
  return parsed.data;
}
