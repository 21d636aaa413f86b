import * as z from 'zod';
import { publicIdsOf } from '../../access/keyring.ts';
import type { Principal } from '../../access/principal.ts';
import { Fault } from '../../fault.ts';
import type { FormRecord } from '../../form/library/form-record.ts';
import { coordination, publicOrganisation } from '../../ids.ts';
import type { JsonObject } from '../../json.ts';
import { attachmentKey } from '../../submission/records/attachment-keys.ts';
import {
  attachmentPointers,
  attachmentsAt,
  type Attachment,
} from '../../submission/records/attachments.ts';
import type { SubmissionStores } from '../../submission/records/submission-deps.ts';
import { openAttachment } from '../../submission/attachments/open-attachment.ts';
import { modelFor, openForm } from '../../submission/records/open-submission.ts';
import { openDatasetFile, readManifest } from '../versions/read-datasets.ts';
import { ndjsonName, idOfRow, rowLines, type RowLine } from '../versions/row-index.ts';
import type { ArchiveEntry } from '../../zip/write-zip.ts';
import { csvText } from '../rows/cell-text.ts';
import { byteOrderMark, csvRow } from '../formats/csv-format.ts';
import { Spool } from '../../zip/spool.ts';

/** A line of a version's NDJSON file, as far as it is read here. */
const Line = z.looseObject({
  id: z.string(),
  organisation: z.string().optional(),
  formVersion: z.string(),
  answers: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null),
});
type Line = z.infer<typeof Line>;

/** Whose records: those of the current version of a dataset that this audience sees. */
export interface ArchiveRequest {
  readonly dataset: string;
  readonly audience: 'members' | 'coordinator';
  /** Who asks; undefined: the operator, for anyone who sees what the audience sees. */
  readonly viewer?: Principal;
  /** Is called with how many records have been looked at, of how many. */
  readonly progress?: (done: number, of: number) => void;
}

/** A file that a record names. */
export interface FoundAttachment {
  readonly listed: Omit<ListedAttachment, 'state'>;
  /** Where it is; undefined: not there, or, since the version was made, no longer for this viewer. */
  readonly key: string | undefined;
}

/** The files that the records of a version name. */
export interface AttachmentsList {
  readonly dataset: string;
  readonly version: string;
  readonly cutOff: string;
  readonly audience: ArchiveRequest['audience'];
  /** How long the file of records is that is read for it. */
  readonly rowBytes: number;
  /** In the order of the records; read as it goes, once. */
  readonly attachments: AsyncIterable<FoundAttachment>;
}

/** How many files are asked after at once: each takes a few round trips to the stores. */
const atOnce = 16;

/**
 * The files that the records of a dataset's current version name. Of the answers it knows what the
 * version shows; where each file is, it says by the rules of openAttachment, as things stand now.
 * Throws Fault `not-found`: no such dataset, not one of a form, or none that the audience sees;
 * `store-unavailable`: its ids are of before an update, and it has still to be compiled anew.
 */
export async function attachmentsList(
  deps: SubmissionStores,
  request: ArchiveRequest,
): Promise<AttachmentsList> {
  const { dataset, audience } = request;
  const form = await openForm(deps, dataset);
  const { version, cutOff, audiences } = await readManifest(deps, dataset, audience);
  const name = ndjsonName(dataset);
  const { key, entry } = await openDatasetFile(deps, dataset, name, audience, version);
  const lines = await rowLines(deps.objects, key, entry.bytes);
  if (lines === undefined) throw new Fault('store-unavailable');
  const rows = audiences[audience]?.rows ?? 0;
  if (audience === 'coordinator') {
    const attachments = find(deps, request, form, { lines, rows, instanceIds: undefined });
    return { dataset, version, cutOff, audience, rowBytes: entry.bytes, attachments };
  }
  await deps.keys.open();
  const all = await openDatasetFile(deps, dataset, name, 'coordinator', version);
  const instanceIds = await rowLines(deps.objects, all.key, all.entry.bytes);
  if (instanceIds === undefined) throw new Fault('store-unavailable');
  const attachments = find(deps, request, form, { lines, rows, instanceIds });
  const rowBytes = entry.bytes + all.entry.bytes;
  return { dataset, version, cutOff, audience, rowBytes, attachments };
}

interface Rows {
  readonly lines: AsyncIterable<readonly RowLine[]>;
  /** How many. */
  readonly rows: number;
  /** The coordinator's lines, in the same order; undefined: `lines` are these. */
  readonly instanceIds: AsyncIterable<readonly RowLine[]> | undefined;
}

async function* find(
  deps: SubmissionStores,
  request: ArchiveRequest,
  form: FormRecord,
  { lines, rows, instanceIds }: Rows,
): AsyncGenerator<FoundAttachment> {
  const names = instanceIds === undefined ? undefined : new InstanceIds(deps, request, instanceIds);
  try {
    let done = 0;
    let waiting: (() => Promise<FoundAttachment>)[] = [];
    for await (const batch of lines) {
      for (const { bytes } of batch) {
        request.progress?.((done += 1), rows);
        // Most records have no files: they need not be read.
        if (!bytes.includes('"file":')) continue;
        const line = Line.parse(JSON.parse(bytes.toString()));
        const instanceId = names === undefined ? line.id : await names.of(line.id);
        if (instanceId === undefined) throw new Fault('store-unavailable');
        const pointers = attachmentPointers(
          await modelFor(deps, form, line.formVersion),
          line.answers,
        );
        for (const attachment of attachmentsAt(line.answers, pointers)) {
          waiting.push(async () => ({
            listed: listedAs(line.id, attachment),
            key: await keyOf(deps, request, { ...line, instanceId }, attachment),
          }));
          if (waiting.length < atOnce) continue;
          yield* await Promise.all(waiting.map((ask) => ask()));
          waiting = [];
        }
      }
    }
    yield* await Promise.all(waiting.map((ask) => ask()));
  } finally {
    await names?.close();
  }
}

/**
 * Finds the instanceIds of members' records, which have public ids, by going through the coordinator's
 * file of the same version alongside: both are in the same order.
 */
class InstanceIds {
  readonly #keys: SubmissionStores['keys'];
  readonly #dataset: string;
  readonly #ids: AsyncGenerator<string>;

  constructor(
    { keys }: Pick<SubmissionStores, 'keys'>,
    { dataset }: ArchiveRequest,
    lines: AsyncIterable<readonly RowLine[]>,
  ) {
    this.#keys = keys;
    this.#dataset = dataset;
    this.#ids = idsOf(lines);
  }

  /** Of the record with a public id, after the one that was last asked for; undefined: there is none. */
  async of(id: string): Promise<string | undefined> {
    for (;;) {
      const next = await this.#ids.next();
      if (next.done === true) return undefined;
      // The version may have been made before the key was changed.
      if (publicIdsOf(this.#keys, this.#dataset, next.value).includes(id)) return next.value;
    }
  }

  async close(): Promise<void> {
    await this.#ids.return(undefined);
  }
}

async function* idsOf(lines: AsyncIterable<readonly RowLine[]>): AsyncGenerator<string> {
  for await (const batch of lines) for (const line of batch) yield idOfRow(line);
}

function listedAs(
  id: string,
  { pointer, file, facts }: Attachment,
): Omit<ListedAttachment, 'state'> {
  const question = pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
  return {
    id,
    question,
    file,
    path: [safeFolderName(id), ...question.split('/').map(safeFileName), safeFileName(file)].join(
      '/',
    ),
    type: facts?.type ?? null,
    bytes: facts?.bytes ?? null,
    sha256: facts?.sha256 ?? null,
  };
}

async function keyOf(
  deps: SubmissionStores,
  { dataset, audience, viewer }: ArchiveRequest,
  line: Line & { readonly instanceId: string },
  { file, facts }: Attachment,
): Promise<string | undefined> {
  if (facts === undefined) return undefined;
  const principal = viewer ?? anyoneOf(audience, line.organisation);
  // The coordinator may have a file by its hash: the answer may have been changed since.
  const name = principal.role === 'coordinator' ? facts.sha256 : file;
  try {
    const { instanceId } = line;
    const { key } = await openAttachment(deps, principal, dataset, instanceId, name);
    return key === attachmentKey(dataset, instanceId, facts.sha256) ? key : undefined;
  } catch (error) {
    if (error instanceof Fault && (error.code === 'not-found' || error.code === 'erased')) {
      return undefined;
    }
    throw error;
  }
}

/** The coordinator, or a member who has not sent this. */
function anyoneOf(audience: ArchiveRequest['audience'], sender: string | undefined): Principal {
  const tokenId = 'operator';
  if (audience === 'coordinator') {
    return { role: 'coordinator', organisation: coordination, tokenId };
  }
  const organisation = sender === coordination ? publicOrganisation : coordination;
  return { role: 'member', organisation, tokenId };
}

/** What a folder's name may not hold on one system or another, and what changes how a name looks. */
const unsafe = /[<>:"/\\|?*\p{Cc}\p{Cf}\p{Cs}]/gu;
/** Names of devices, whatever follows the first dot. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;
const longest = 120;

/** A file's name, as someone's phone gave it, as one that every system can unpack where it belongs. */
export function safeFileName(name: string): string {
  const plain = name
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(unsafe, '_')
    .replace(/^[. ]+/, '_')
    .replace(/[. ]+$/, '_')
    .replace(devices, (device) => `_${device}`);
  if (plain === '') return '_';
  const characters = Array.from(plain);
  if (characters.length <= longest) return plain;
  const dot = characters.lastIndexOf('.');
  const extension = dot > characters.length - 12 ? characters.slice(dot) : [];
  return [...characters.slice(0, longest - extension.length), ...extension].join('');
}

/** An instanceId as the name of a folder: no two get the same one. */
export function safeFolderName(instanceId: string): string {
  return instanceId
    .replaceAll(/[^A-Za-z0-9._-]/g, (character) => encodeURIComponent(character))
    .replace(/\.$/, '%2E');
}

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
