import type { Principal } from '../../shared/access/principal.ts';
import type { FormDefinition, Row } from '../../shared/form/definition.ts';
import { readInstance } from '../../shared/form/xform/read-instance.ts';
import type { JsonObject } from '../../shared/json.ts';
import { attachmentKey } from '../../shared/submission/records/attachment-keys.ts';
import { attachmentsAt } from '../../shared/submission/records/attachments.ts';
import { sha256 } from '../../shared/submission/records/content-hash.ts';
import type { SubmissionDeps } from '../../shared/submission/records/submission-deps.ts';
import type { Received, SentFile } from '../../shared/submission/phone/phone-post.ts';
import { receiveFromPhone } from '../../shared/submission/phone/receive-openrosa.ts';
import type { Submission } from '../../shared/submission/records/submission.ts';
import { parseAnswers } from '../../shared/submission/records/submission-view.ts';
import { instanceXml } from './instance-xml.ts';
import { memberA, openWorld, type World } from './submission-world.ts';

/** A form with every kind of attachment, one of them in a repeat. */
export function photoForm(version: string, settings: Row = {}): FormDefinition {
  return {
    survey: [
      { type: 'text', name: 'title', label: 'Titre', required: 'yes' },
      { type: 'integer', name: 'people', label: 'Personnes' },
      { type: 'image', name: 'photo', label: 'Photo', visibility: 'members' },
      { type: 'begin_repeat', name: 'sites', label: 'Sites' },
      { type: 'text', name: 'place', label: 'Lieu' },
      { type: 'image', name: 'picture', label: 'Image' },
      { type: 'end_repeat' },
      { type: 'audio', name: 'voice', label: 'Voix' },
      { type: 'file', name: 'paper', label: 'Document' },
      { type: 'audit', name: 'audit' },
      { type: 'date', name: 'due', label: 'Pour', required: '${people} = 99' },
      { type: 'acknowledge', name: 'agree', label: 'Accord' },
    ],
    choices: [],
    settings: { version, default_language: 'fr', ...settings },
  };
}

/** The stores of openWorld and the form `photos`, for members, reviewed. */
export async function openPhoneWorld(settings: Row = {}): Promise<World> {
  const world = await openWorld();
  await world.deps.forms.putDraft('photos', photoForm('1', settings));
  await world.deps.forms.publish('photos');
  world.interruptions.plan(undefined);
  return world;
}

/** Bytes that begin as a JPEG does. */
export function jpeg(content: string): Buffer {
  return Buffer.concat([Buffer.from('ffd8ffe000104a46494600010100', 'hex'), Buffer.from(content)]);
}

/** A file of a multipart body; what the phone says of its type does not matter. */
export function sentFile(name: string, bytes: Uint8Array = jpeg(name)): SentFile {
  return { name, type: 'application/x-whatever', bytes };
}

export interface Instance {
  readonly instanceId: string;
  readonly answers: JsonObject;
  readonly formId?: string;
  readonly version?: string;
  readonly deprecatedId?: string;
}

/** The XML of an instance of the form `photos`, version 1 unless told. */
export function phoneXml(instance: Instance): Buffer {
  return Buffer.from(instanceXml({ formId: 'photos', version: '1', ...instance }));
}

/** Sends an instance with files, as the door does once it has taken the body apart. */
export function sendXml(
  deps: SubmissionDeps,
  xml: Uint8Array,
  files: readonly SentFile[] = [],
  principal: Principal = memberA,
): Promise<Received> {
  return receiveFromPhone(deps, principal, { instance: readInstance(xml), xml, files });
}

/** Checks that every file that is not missing is stored, whole; returns the names of those that are. */
export async function storedNames(
  deps: Pick<SubmissionDeps, 'objects'>,
  submission: Submission,
): Promise<string[]> {
  const { formId, instanceId, attachments, missing } = submission;
  const names: string[] = [];
  for (const { file, facts } of attachmentsAt(parseAnswers(submission), attachments)) {
    if (missing.includes(file)) continue;
    if (facts === undefined) throw new Error(`Nothing is known of ${file}.`);
    const stored = await deps.objects.get(attachmentKey(formId, instanceId, facts.sha256));
    if (stored === undefined) throw new Error(`${file} is not stored.`);
    const bytes = Buffer.concat(await Array.fromAsync(stored));
    if (sha256(bytes) !== facts.sha256) throw new Error(`${file} is not whole.`);
    if (bytes.length !== facts.bytes) throw new Error(`${file} has another length.`);
    names.push(file);
  }
  return names.sort();
}
