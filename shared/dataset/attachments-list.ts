import * as z from 'zod';
import type { Principal } from '../access/principal.ts';
import { Fault } from '../fault.ts';
import type { FormRecord } from '../form/form-record.ts';
import { coordination, publicOrganisation } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { attachmentKey } from '../submission/attachment-keys.ts';
import { attachmentPointers, attachmentsAt, type Attachment } from '../submission/attachments.ts';
import type { SubmissionStores } from '../submission/deps.ts';
import { openAttachment } from '../submission/open-attachment.ts';
import { modelFor, openForm } from '../submission/open-submission.ts';
import type { ListedAttachment } from './attachments-manifest.ts';
import { openDatasetFile, readManifest } from './read-datasets.ts';
import { ndjsonName } from './row-index.ts';
import { rowLines, type RowLine } from './row-lines.ts';
import { safeFileName, safeFolderName } from './safe-path.ts';

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
  /** Is told how many records have been looked at, of how many. */
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
 * version shows; where each file is, it tells by the rules of openAttachment, as things stand now.
 * Throws Fault `not-found`: no such dataset, not one of a form, or none that the audience sees.
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
  const attachments = find(deps, request, form, { lines, rows });
  return { dataset, version, cutOff, audience, rowBytes: entry.bytes, attachments };
}

async function* find(
  deps: SubmissionStores,
  request: ArchiveRequest,
  form: FormRecord,
  { lines, rows }: { lines: AsyncIterable<readonly RowLine[]>; rows: number },
): AsyncGenerator<FoundAttachment> {
  let done = 0;
  let waiting: (() => Promise<FoundAttachment>)[] = [];
  for await (const batch of lines) {
    for (const { bytes } of batch) {
      request.progress?.((done += 1), rows);
      // Most records have no files: they need not be read.
      if (!bytes.includes('"file":')) continue;
      const line = Line.parse(JSON.parse(bytes.toString()));
      const pointers = attachmentPointers(
        await modelFor(deps, form, line.formVersion),
        line.answers,
      );
      for (const attachment of attachmentsAt(line.answers, pointers)) {
        waiting.push(async () => ({
          listed: listedAs(line.id, attachment),
          key: await keyOf(deps, request, line, attachment),
        }));
        if (waiting.length < atOnce) continue;
        yield* await Promise.all(waiting.map((ask) => ask()));
        waiting = [];
      }
    }
  }
  yield* await Promise.all(waiting.map((ask) => ask()));
}

function listedAs(
  id: string,
  { pointer, file, facts }: Attachment,
): Omit<ListedAttachment, 'state'> {
  const question = pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
  return {
    ...{ id, question, file },
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
  line: Line,
  { file, facts }: Attachment,
): Promise<string | undefined> {
  if (facts === undefined) return undefined;
  const principal = viewer ?? anyoneOf(audience, line.organisation);
  // The coordinator may have a file by its hash: the answer may have been changed since.
  const name = principal.role === 'coordinator' ? facts.sha256 : file;
  try {
    const { key } = await openAttachment(deps, principal, dataset, line.id, name);
    return key === attachmentKey(dataset, line.id, facts.sha256) ? key : undefined;
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
