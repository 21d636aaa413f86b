import type { ArchiveEntry } from '../../zip/archive.ts';
import { csvText } from '../rows/cell-text.ts';
import { byteOrderMark, csvRow } from '../formats/csv.ts';
import { Spool } from '../../zip/spool.ts';

/** A file that an answer names. */
export interface ListedAttachment {
  readonly id: string;
  /** Where the answer stands: the names of groups and repeats, in repeats the row's index from 0. */
  readonly question: string;
  /** Its name, as it was given. */
  readonly file: string;
  /** Its name in the archive. */
  readonly path: string;
  readonly type: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  /** `damaged`: what is stored is not what was sent. */
  readonly state: 'present' | 'missing' | 'damaged';
}

const columns = ['id', 'question', 'file', 'path', 'type', 'bytes', 'sha256', 'state'] as const;

/** What an archive of attachments lists, as JSON and as CSV, in spools: there may be any number. */
export class AttachmentsManifest {
  readonly #head: Readonly<Record<string, string>>;
  readonly #json = new Spool();
  readonly #csv = new Spool();
  readonly #counts = { present: 0, missing: 0, damaged: 0 };

  constructor(head: Readonly<Record<string, string>>) {
    this.#head = head;
  }

  async add(listed: ListedAttachment): Promise<void> {
    const separator = this.#json.bytes === 0 ? '' : ',';
    this.#counts[listed.state] += 1;
    await this.#json.append(Buffer.from(`${separator}\n${JSON.stringify(listed)}`));
    const cells = columns.map((name) => csvText(String(listed[name] ?? '')));
    await this.#csv.append(Buffer.from(`${cells.join(',')}\r\n`));
  }

  entries(): readonly ArchiveEntry[] {
    const compression = 'deflated';
    const start = `${JSON.stringify(this.#head).slice(0, -1)},"files":[`;
    const end = `\n],"counts":${JSON.stringify(this.#counts)}}\n`;
    const header = `${byteOrderMark}${csvRow(columns)}`;
    return [
      { name: 'manifest.json', compression, body: between(start, this.#json, end) },
      { name: 'manifest.csv', compression, body: between(header, this.#csv, '') },
    ];
  }

  async close(): Promise<void> {
    await this.#json.close();
    await this.#csv.close();
  }
}

async function* between(start: string, spool: Spool, end: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(start);
  yield* spool.read();
  if (end !== '') yield Buffer.from(end);
}
