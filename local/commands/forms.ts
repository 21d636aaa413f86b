import { previewRisk } from '../../shared/dataset/publish/preview-risk.ts';
import { named, oneOf, UsageError, word, type Call, type Command } from '../command.ts';
import { formIdOf, mediaOf, readFormFile, readMedia } from '../form-file.ts';
import { formText, formatOf, tellChanges, tellDraft } from '../form-text.ts';
import { riskHint } from '../risk-text.ts';
import { writeWhole } from '../write-whole.ts';

const actions = ['list', 'put', 'changes', 'publish', 'close', 'get'] as const;

export const forms: Command = {
  name: 'forms',
  usage: [
    'list',
    'put FILE.xlsx|FILE.yaml|FILE.json [--id FORM] [--media FOLDER]',
    'changes FORM',
    'publish FORM',
    'close FORM',
    'get FORM|FORM.draft [--version V] [--format xlsx|yaml|json|xml] [--output FILE]',
  ],
  summary: {
    fr: 'Montre, dépose, compare, publie, ferme ou rend des fiches.',
    en: 'Lists, uploads, compares, publishes, closes or gives back forms.',
  },
  options: {
    id: { type: 'string' },
    media: { type: 'string' },
    version: { type: 'string' },
    format: { type: 'string' },
    output: { type: 'string' },
  },
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
    const { definition, warnings } = await readFormFile(file);
    const media = await mediaOf(file, call.value('media'));
    const formId = call.value('id') ?? formIdOf(file, definition);
    const library = call.home.forms;
    let stored = await library.putDraft(formId, definition);
    for (const item of media) {
      await library.putMedia(formId, item.name, await readMedia(item), '');
    }
    // Stored once more, it is judged with the files that came after it.
    if (media.length > 0) stored = await library.putDraft(formId, definition);
    tellDraft(call.terminal, { ...stored, warnings: [...warnings, ...stored.warnings] });
    call.terminal.out(`${formId}\t${stored.version}`);
  },
  changes: async (call) => {
    const formId = word(call, 1, 'FORM');
    const { changes } = await named(formId, call.home.forms.draftChanges(formId));
    const none = { fr: 'Publier ne changerait rien.', en: 'Publishing would change nothing.' };
    if (changes.length === 0) call.terminal.err(none[call.terminal.language]);
    for (const { severity, question, message } of changes) {
      const line = [severity, question ?? '-', message[call.terminal.language]];
      call.terminal.out(line.join('\t'));
    }
    const risk = await named(formId, previewRisk(call.home, formId));
    if (typeof risk !== 'string') {
      call.terminal.err(riskHint(risk, formId, call.terminal.language));
    }
  },
  publish: async (call) => {
    const formId = word(call, 1, 'FORM');
    const form = await named(formId, call.home.forms.publish(formId));
    call.terminal.out(`${form.formId}\t${form.state}\t${form.versions.at(-1)?.version ?? '-'}`);
    const heading = { fr: 'Ce qui a changé :', en: 'What has changed:' };
    tellChanges(call.terminal, heading, await call.home.forms.lastChanges(form));
  },
  close: async (call) => {
    const formId = word(call, 1, 'FORM');
    const form = await named(formId, call.home.forms.close(formId));
    call.terminal.out(`${form.formId}\t${form.state}`);
  },
  get: async (call) => {
    const formId = word(call, 1, 'FORM');
    const output = call.value('output');
    const format = formatOf(call.value('format'), output);
    if (format === 'xlsx' && output === undefined && call.terminal.isScreen === true) {
      throw new UsageError({
        fr: 'Un classeur ne se lit pas dans un terminal : ajoutez --output FICHIER.xlsx.',
        en: 'A workbook cannot be read in a terminal: add --output FILE.xlsx.',
      });
    }
    const content = await named(
      formId,
      formText(call.home.forms, formId, format, call.value('version')),
    );
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (output !== undefined) await writeWhole(output, [bytes]);
    else if (typeof content === 'string') call.terminal.out(content.trimEnd());
    else await call.terminal.write(content);
  },
};
