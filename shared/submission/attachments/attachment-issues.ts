import type { FileFacts } from '../../form/types/answer-shapes.ts';
import { contradicts, takesType } from '../../form/validate/attachment-types.ts';
import type { AttachmentLimits, FormModel, Question } from '../../form/model.ts';
import type { Bilingual } from '../../text.ts';
import { questionAt, type Attachment } from '../records/attachments.ts';
import type { Issue } from '../records/submission.ts';

/** What is wrong with an attachment. Codes are permanent. */
const messages = {
  'attachment-type': (file: string): Bilingual => ({
    fr: `« ${file} » n’est pas un fichier du genre que cette question demande.`,
    en: `"${file}" is not the kind of file that this question asks for.`,
  }),
  'attachment-too-large': (file: string, limit: string): Bilingual => ({
    fr: `« ${file} » est trop grand : ${limit} Mo au plus.`,
    en: `"${file}" is too large: at most ${limit} MB.`,
  }),
  'duplicate-file': (file: string): Bilingual => ({
    fr: `Deux réponses nomment « ${file} », avec des contenus différents : donnez-leur deux noms.`,
    en: `Two answers name "${file}" with different contents: give them two names.`,
  }),
} as const;
export type AttachmentFault = 'attachment-type' | 'attachment-too-large';

/** A message holds a name, not a page. */
function shortened(file: string): string {
  return file.length <= 100 ? file : `${file.slice(0, 99).toWellFormed()}…`;
}

function megabytes({ maxBytes }: AttachmentLimits): string {
  return String(maxBytes / 1_000_000);
}

/** What is wrong with an attachment, `pointer` saying where; codes are those of AttachmentFault. */
export function attachmentIssue(
  code: AttachmentFault | 'duplicate-file',
  pointer: string,
  file: string,
  limits: AttachmentLimits,
): Issue {
  return { pointer, code, message: messages[code](shortened(file), megabytes(limits)) };
}

/** What a form refuses of a file by what is said of it, before its bytes are there. */
export function faultOfClaim(
  model: FormModel,
  question: Pick<Question, 'type'>,
  { bytes, type }: Omit<FileFacts, 'sha256'>,
): AttachmentFault | undefined {
  const { attachments } = model.settings;
  if (bytes > attachments.maxBytes) return 'attachment-too-large';
  return takesType(question, attachments, type) ? undefined : 'attachment-type';
}

/** What is wrong with a file by its bytes: `sniffed` is what they were recognised as. */
export function faultOfBytes(
  model: FormModel,
  question: Pick<Question, 'type'>,
  bytes: number,
  sniffed: string | undefined,
): AttachmentFault | undefined {
  const { attachments } = model.settings;
  if (bytes > attachments.maxBytes) return 'attachment-too-large';
  return contradicts(question, attachments, sniffed) ? 'attachment-type' : undefined;
}

/** Every fault in what JSON answers say of their files. Pointers begin with `/answers`. */
export function claimIssues(
  model: FormModel,
  attachments: readonly Attachment[],
): readonly Issue[] {
  const limits = model.settings.attachments;
  const hashes = new Map<string, string>();
  return attachments.flatMap(({ pointer, file, facts }): readonly Issue[] => {
    if (facts === undefined) return [];
    const question = questionAt(model, pointer);
    const fault = question && faultOfClaim(model, question, facts);
    if (fault !== undefined) return [attachmentIssue(fault, `/answers${pointer}`, file, limits)];
    const other = (hashes.get(file) ?? facts.sha256) !== facts.sha256;
    hashes.set(file, facts.sha256);
    return other ? [attachmentIssue('duplicate-file', `/answers${pointer}`, file, limits)] : [];
  });
}
