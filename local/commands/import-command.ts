import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { finished } from 'node:stream/promises';
import { getOrganisation } from '../../shared/access/organisation-records.ts';
import { named, oneOf, needed, word, type Command } from '../command.ts';
import { importRows, type RefusedRow } from '../import-file.ts';
import { csvRows, ndjsonRows } from '../import-rows.ts';
import { progressOf } from '../progress-bar.ts';

export const importSubmissions: Command = {
  name: 'import',
  usage: ['FORM FILE.ndjson|FILE.csv --organisation ORG [--state received|accepted]'],
  summary: {
    fr: 'Envoie les lignes d’un fichier ; celles qui sont refusées vont dans FICHIER.refused.ndjson.',
    en: 'Sends the rows of a file; refused ones go to FILE.refused.ndjson.',
  },
  options: { organisation: { type: 'string' }, state: { type: 'string' } },
  run: async (call) => {
    const { home, terminal } = call;
    const [formId, file] = [word(call, 0, 'FORM'), word(call, 1, 'FILE')];
    const state = oneOf(call.value('state') ?? 'received', ['received', 'accepted'], '--state');
    const orgId = needed(call, 'organisation');
    const { organisation } = await named(orgId, getOrganisation(home.registry, orgId));
    const model = await named(formId, home.forms.model(formId));
    const { size } = await stat(file);
    const progress = progressOf(terminal, { fr: 'Import', en: 'Importing' });
    const report = new Report(`${file}.refused.ndjson`);
    await report.clear();
    const onBytes = (bytes: number): void => {
      progress.at(bytes, size);
    };
    const rows =
      extname(file).toLowerCase() === '.csv'
        ? csvRows(file, model, onBytes)
        : ndjsonRows(file, onBytes);
    try {
      const { created, replayed, refused } = await importRows(home, rows, {
        formId,
        organisation: organisation.id,
        accept: state === 'accepted',
        onRefused: (row) => report.add(row),
      });
      progress.end();
      terminal.out(
        terminal.language === 'fr'
          ? `Créées : ${created} ; déjà là : ${replayed} ; refusées : ${refused}.`
          : `Created: ${created}; already there: ${replayed}; refused: ${refused}.`,
      );
      if (refused > 0) terminal.err(report.file);
      return refused === 0 ? 0 : 1;
    } finally {
      progress.end();
      await report.end();
    }
  },
};

/** A line for each refused row, made when the first one comes. Its owner alone reads it. */
class Report {
  readonly file: string;
  #stream: ReturnType<typeof createWriteStream> | undefined;

  constructor(file: string) {
    this.file = file;
  }

  /** An older report would pass for this import's. */
  async clear(): Promise<void> {
    await rm(this.file, { force: true });
  }

  async add(row: RefusedRow): Promise<void> {
    this.#stream ??= createWriteStream(this.file, { mode: 0o600 });
    if (!this.#stream.write(`${JSON.stringify(row)}\n`)) await once(this.#stream, 'drain');
  }

  async end(): Promise<void> {
    if (this.#stream === undefined) return;
    this.#stream.end();
    await finished(this.#stream);
  }
}
