import { createHash } from 'node:crypto';
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
import { archive, type ArchiveEntry } from './archive.ts';
import { AttachmentsManifest, type ListedAttachment } from './attachments-manifest.ts';
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

/**
 * The files that the records of a dataset's current version name, as a ZIP archive, stored as they
 * are: `<instanceId>/<question>/<file>`, then `manifest.json` and `manifest.csv`, which list those
 * that are missing, too. Of the answers it knows what the version shows; each file is given out by
 * the rules of openAttachment, as things stand now. Throws Fault `not-found`: no such dataset, not
 * one of a form, or none that the audience sees.
 */
export async function attachmentsArchive(
  deps: SubmissionStores,
  request: ArchiveRequest,
): Promise<AsyncIterable<Uint8Array>> {
  const { dataset, audience } = request;
  const form = await openForm(deps, dataset);
  const { version, cutOff, audiences } = await readManifest(deps, dataset, audience);
  const { key, entry } = await openDatasetFile(
    deps,
    dataset,
    ndjsonName(dataset),
    audience,
    version,
  );
  const lines = await rowLines(deps.objects, key, entry.bytes);
  if (lines === undefined) throw new Fault('store-unavailable');
  const rows = audiences[audience]?.rows ?? 0;
  const manifest = new AttachmentsManifest({ dataset, version, cutOff, audience });
  return archive(entriesOf(deps, request, form, { lines, rows, manifest }));
}

async function* entriesOf(
  deps: SubmissionStores,
  request: ArchiveRequest,
  form: FormRecord,
  version: {
    readonly lines: AsyncIterable<readonly RowLine[]>;
    readonly rows: number;
    readonly manifest: AttachmentsManifest;
  },
): AsyncGenerator<ArchiveEntry> {
  const { progress } = request;
  const { lines, rows, manifest } = version;
  let done = 0;
  try {
    for await (const batch of lines) {
      for (const { bytes } of batch) {
        progress?.((done += 1), rows);
        // Most records have no files: they need not be read.
        if (!bytes.includes('"file":')) continue;
        const line = Line.parse(JSON.parse(bytes.toString()));
        const model = await modelFor(deps, form, line.formVersion);
        const pointers = attachmentPointers(model, line.answers);
        for (const attachment of attachmentsAt(line.answers, pointers)) {
          const listed = listedAs(line.id, attachment);
          const body = await bodyOf(deps, request, line, attachment);
          if (body === undefined) {
            await manifest.add({ ...listed, state: 'missing' });
            continue;
          }
          const hash = createHash('sha256');
          yield { name: listed.path, compression: 'stored', body: hashed(body, hash) };
          const isWhole = hash.digest('hex') === attachment.facts?.sha256;
          await manifest.add({ ...listed, state: isWhole ? 'present' : 'damaged' });
        }
      }
    }
    yield* manifest.entries();
  } finally {
    await manifest.close();
  }
}

async function* hashed(
  body: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
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

/** Undefined: it is not there, or, since the version was made, no longer for this viewer. */
async function bodyOf(
  deps: SubmissionStores,
  { dataset, audience, viewer }: ArchiveRequest,
  line: Line,
  { file, facts }: Attachment,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  if (facts === undefined) return undefined;
  const principal = viewer ?? anyoneOf(audience, line.organisation);
  // The coordinator may have a file by its hash: the answer may have been changed since.
  const name = principal.role === 'coordinator' ? facts.sha256 : file;
  try {
    const { key } = await openAttachment(deps, principal, dataset, line.id, name);
    if (key !== attachmentKey(dataset, line.id, facts.sha256)) return undefined;
    return await deps.objects.get(key);
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
