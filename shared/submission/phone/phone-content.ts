import type { FileFacts } from '../../form/types/answer-shapes.ts';
import { attachmentKey } from '../records/attachment-keys.ts';
import { attachmentsAt, questionAt, withFacts } from '../records/attachments.ts';
import type { SubmissionDeps } from '../records/deps.ts';
import type { PhoneAnswers } from './phone-answers.ts';
import { parcelFor, sniffParcels, storeParcels, xmlParcel, type PhonePost } from './phone-post.ts';
import { toldOf, unexpectedFiles, unnamedParcels } from './unexpected-files.ts';
import { factsByName, type Content } from '../attachments/place-attachments.ts';
import {
  earlierVerdicts,
  judged,
  sniffStored,
  standing,
  storedBefore,
} from '../attachments/standing.ts';
import type { Submission } from '../records/submission.ts';
import { parseAnswers } from '../records/view.ts';

/** What of a revision a phone's post decides. */
export type PhoneContent = Content & Pick<Submission, 'openRosa' | 'xml'>;

/**
 * The content of a revision that a post makes, with the files that came with it. `earlier` is the
 * revision that it replaces: a file that does not come again is the one that was there under that
 * name, since not every client sends all of them with an edit. But for the log of the filling, which
 * has the same name every time and is another one.
 */
export async function phoneContent(
  deps: SubmissionDeps,
  post: PhonePost,
  instanceId: string,
  read: PhoneAnswers,
  earlier?: Submission,
): Promise<PhoneContent> {
  const { form, parcels, id, hash, xml } = post;
  const { model, formVersion, attachments } = read;
  const before =
    earlier === undefined ? [] : attachmentsAt(parseAnswers(earlier), earlier.attachments);
  const kept: ReadonlyMap<string, FileFacts> = factsByName(before);
  const answers = withFacts(read.content, attachments, ({ file, pointer }) => {
    const isLog = questionAt(model, pointer)?.type === 'audit';
    return parcelFor(parcels, file)?.facts ?? (isLog ? undefined : kept.get(file));
  });
  const named = attachmentsAt(answers, attachments);
  const stored = new Set([
    ...(earlier === undefined ? [] : storedBefore(earlier, before)),
    ...[...parcels.values()].map(({ facts }) => facts.sha256),
  ]);
  const known = earlier === undefined ? new Map() : earlierVerdicts(model, earlier, before);
  const sniff = sniffParcels(parcels, sniffStored(deps.objects, form.formId, instanceId));
  const verdicts = await judged(model, named, stored, known, sniff);
  const stands = standing(model, named, stored, verdicts, {
    issues: [...read.issues, ...unexpectedFiles(unnamedParcels(parcels, named))],
    otherwise: read.state,
  });
  return {
    formVersion,
    answers: JSON.stringify(answers),
    attachments,
    ...stands,
    openRosa: { id, hash },
    ...(read.isLossy ? { xml: { sha256: hash, bytes: xml.length } } : {}),
  };
}

/** Stores what the content speaks of: the files that came, and the XML if the answers lack something. */
export async function storeContent(
  deps: SubmissionDeps,
  post: PhonePost,
  instanceId: string,
  content: PhoneContent,
): Promise<void> {
  if (post.parcels.size === 0 && content.xml === undefined) return;
  const named = attachmentsAt(parseAnswers(content), content.attachments);
  const unnamed = unnamedParcels(post.parcels, named);
  const told = toldOf(unnamed, content.issues);
  const parcels = [...post.parcels.values()].filter(
    (parcel) => !unnamed.includes(parcel) || told.includes(parcel),
  );
  await storeParcels(
    deps.objects,
    content.xml === undefined ? parcels : [...parcels, xmlParcel(post)],
    (hash) => attachmentKey(post.form.formId, instanceId, hash),
  );
}
