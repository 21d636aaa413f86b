import { Fault } from '../../fault.ts';
import type { AnswerIssue } from '../../form/types/answer-issues.ts';
import type { FormRecord } from '../../form/library/form-record.ts';
import type { FormModel } from '../../form/model.ts';
import { validateAnswers } from '../../form/validate/validate.ts';
import { answersOf } from '../../form/xform/instance-answers.ts';
import type { XFormInstance } from '../../form/xform/read-instance.ts';
import { isJsonObject, own, type JsonObject, type JsonValue } from '../../json.ts';
import {
  attachmentPointers,
  attachmentsAt,
  questionAt,
  withFacts,
} from '../records/attachments.ts';
import { inBody, stateBeforeReview } from '../attachments/check-answers.ts';
import type { SubmissionDeps } from '../records/submission-deps.ts';
import type { Issue, StateWhenWhole, Submission } from '../records/submission.ts';
import type { FileFacts } from '../../form/types/answer-shapes.ts';
import { attachmentKey } from '../records/attachment-keys.ts';
import {
  parcelFor,
  sniffParcels,
  storeParcels,
  mentionedIn,
  unexpectedFiles,
  unnamedParcels,
  xmlParcel,
  type PhonePost,
} from './phone-post.ts';
import {
  earlierVerdicts,
  factsByName,
  judged,
  sniffStored,
  attachmentState,
  storedBefore,
  type Content,
} from '../attachments/attachment-state.ts';
import { parseAnswers } from '../records/submission-view.ts';

/** What a phone sent, read as leniently as can be. Pointers of issues begin with `/answers`. */
interface PhoneAnswers {
  readonly formVersion: string;
  readonly model: FormModel;
  /** As the XML has them. */
  readonly sent: JsonObject;
  /** As they are kept: calculations done again, what is not relevant or not an answer dropped. */
  readonly content: JsonObject;
  /** JSON pointers, into `content`, of those that are attachments. */
  readonly attachments: readonly string[];
  readonly issues: readonly Issue[];
  /** Where a submission with these answers stands, once it is whole. */
  readonly state: StateWhenWhole;
  /** `content` has not all that was sent: the XML is to be kept beside it. */
  readonly isLossy: boolean;
}

/** So many issues are kept with a submission; more would only crowd out its answers. */
const maxIssues = 100;

const unknownVersion: Issue = {
  pointer: '/formVersion',
  code: 'unknown-version',
  message: {
    fr: 'Cette version de la fiche n’a pas été publiée ici : les réponses ont été lues avec la version courante.',
    en: 'That version of the form has not been published here: the answers were read with the current one.',
  },
};

/**
 * Reads the answers of an instance and validates them. A phone cannot correct them any more, so that
 * what breaks the form is no refusal but an issue. A version that does not exist is read with the
 * current one. Throws Fault `form-not-open` if there is none at all.
 */
export async function readPhoneAnswers(
  deps: SubmissionDeps,
  form: FormRecord,
  instance: XFormInstance,
): Promise<PhoneAnswers> {
  const { version } = instance;
  const current = form.versions.at(-1)?.version;
  if (current === undefined) throw new Fault('form-not-open');
  const isKnown = form.versions.some((candidate) => candidate.version === version);
  const formVersion = isKnown && version !== undefined ? version : current;
  const model = await deps.forms.modelOf(form, formVersion);
  const read = answersOf(model, instance);
  const validated = validateAnswers(model, read.answers, {
    now: deps.clock(),
    uuid: deps.newId,
    glossary: await deps.forms.glossary(),
  });
  const errors: readonly Issue[] = [
    ...(isKnown || version === undefined ? [] : [unknownVersion]),
    ...read.issues.map(inBody),
    ...notReportedYet(validated.errors, read.issues).map(inBody),
  ];
  return {
    formVersion,
    model,
    sent: read.answers,
    content: validated.answers,
    attachments: attachmentPointers(model, validated.answers),
    issues: [...errors, ...validated.warnings.map(inBody)].slice(0, maxIssues),
    state: errors.length > 0 ? 'has-issues' : await stateBeforeReview(deps, form, model),
    isLossy: read.issues.length > 0 || !says(validated.answers, read.answers),
  };
}

/** An answer that could not be read is missing, too: that goes without saying. */
function notReportedYet(
  errors: readonly AnswerIssue[],
  reported: readonly AnswerIssue[],
): readonly AnswerIssue[] {
  if (reported.length === 0) return errors;
  const pointers = new Set(reported.map(({ pointer }) => pointer));
  return errors.filter(({ code, pointer }) => code !== 'required' || !pointers.has(pointer));
}

/** True if `kept` has all that `sent` says, in whatever type: `12` and "12" say the same. */
function says(kept: JsonValue | undefined, sent: JsonValue): boolean {
  if (Array.isArray(sent)) {
    const items: readonly JsonValue[] = sent;
    const found: readonly JsonValue[] = Array.isArray(kept) ? kept : [];
    return items.every((item, index) => says(found[index], item));
  }
  if (isJsonObject(sent)) {
    const found = isJsonObject(kept) ? kept : {};
    return Object.keys(sent).every((key) => says(own(found, key), sent[key] ?? null));
  }
  if (sent === null || sent === '') return true;
  return kept === sent || (typeof kept === 'number' && String(kept) === sent);
}

/** What of a revision a phone's post decides. */
type PhoneContent = Content & Pick<Submission, 'openRosa' | 'xml'>;

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
  const found = attachmentState(model, named, stored, verdicts, {
    issues: [...read.issues, ...unexpectedFiles(unnamedParcels(parcels, named))],
    otherwise: read.state,
  });
  return {
    formVersion,
    answers: JSON.stringify(answers),
    attachments,
    ...found,
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
  const mentioned = mentionedIn(unnamed, content.issues);
  const parcels = [...post.parcels.values()].filter(
    (parcel) => !unnamed.includes(parcel) || mentioned.includes(parcel),
  );
  await storeParcels(
    deps.objects,
    content.xml === undefined ? parcels : [...parcels, xmlParcel(post)],
    (hash) => attachmentKey(post.form.formId, instanceId, hash),
  );
}
