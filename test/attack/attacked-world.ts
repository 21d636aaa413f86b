import { buffer } from 'node:stream/consumers';
import { createHash } from 'node:crypto';
import type { Principal } from '../../shared/access/principal.ts';
import { compileAll } from '../../shared/dataset/publish/compile-all.ts';
import { listDatasets, openDatasetFile } from '../../shared/dataset/versions/read-datasets.ts';
import type { FormDefinition } from '../../shared/form/definition.ts';
import { FormDefinitionSchema } from '../../shared/form/definition-schema.ts';
import { FormLibrary } from '../../shared/form/library/form-library.ts';
import { coordination, OrgId } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { ObjectStore } from '../../shared/objects/object-store.ts';
import { acceptSubmission } from '../../shared/submission/accept-submission.ts';
import { attachmentKey } from '../../shared/submission/records/attachment-keys.ts';
import { editSubmission } from '../../shared/submission/edit-submission.ts';
import { eraseSubmission } from '../../shared/submission/erasure/erase-submission.ts';
import { reviewSubmission, type ReviewRequest } from '../../shared/submission/review-submission.ts';
import type { Submission } from '../../shared/submission/records/submission.ts';
import { withdrawSubmission } from '../../shared/submission/withdraw-submission.ts';
import { testKeys } from '../support/keyring.ts';
import { MemoryObjectStore } from '../support/memory-object-store.ts';
import { MemoryRecordStore } from '../support/memory-record-store.ts';
import { cell } from './asked-questions.ts';
import type { AskedForm, AttackView, Files, Person, Snapshot } from './attack-view.ts';
import { replaceCanaries, truthOf, type Standing } from './truth.ts';

const day = 86_400_000;

const coordinator: Principal = {
  role: 'coordinator',
  organisation: coordination,
  tokenId: 'token-c',
};

interface Kept {
  person: Person;
  standing: Standing;
  revision: number;
}

/** Who sends what, as the network knows it. */
export interface Sender {
  readonly formId: string;
  readonly instanceId: string;
  readonly organisation: string;
  readonly who: number;
}

/** A network that answers, corrects, reviews, withdraws and erases by the ordinary path, and what its files show. */
export class AttackedWorld {
  readonly submissions = new MemoryRecordStore();
  readonly registry = new MemoryRecordStore();
  readonly objects = new MemoryObjectStore();
  /** In a year of its own, so that its moments are known wherever they turn up. */
  #now = Date.UTC(2031, 2, 3, 7, 41, 13, 217);
  #ids = 0;
  readonly #clock = (): Date => new Date(this.#now);
  readonly deps = {
    submissions: this.submissions,
    registry: this.registry,
    objects: this.objects,
    forms: new FormLibrary(this.registry, this.objects, this.#clock),
    clock: this.#clock,
    keys: testKeys,
    newId: () => `id-${(this.#ids += 1)}`,
  };
  readonly #forms = new Map<string, FormDefinition[]>();
  readonly #kept: Kept[] = [];
  readonly #snapshots: Snapshot[] = [];
  #noticed = false;

  async publish(formId: string, definition: FormDefinition): Promise<void> {
    await this.deps.forms.putDraft(formId, FormDefinitionSchema.parse(definition));
    await this.deps.forms.publish(formId);
    this.#forms.set(formId, [...(this.#forms.get(formId) ?? []), definition]);
    this.#noticed = true;
  }

  get view(): AttackView {
    const forms = [...this.#forms].map(([formId, versions]): AskedForm => ({ formId, versions }));
    return { forms, people: this.#kept.map(({ person }) => person), snapshots: this.#snapshots };
  }

  /** What is sent of a form, by their order of arrival. */
  recordsOf(formId: string): readonly number[] {
    return this.#kept.flatMap(({ person }, index) => (person.formId === formId ? [index] : []));
  }

  stateOf(record: number): string {
    return this.#at(record).standing.state;
  }

  answersOf(record: number): JsonObject {
    return this.#at(record).person.sent.at(-1)?.answers ?? {};
  }

  /** Stores the bytes of a file that the answers are going to name. */
  async putFile(formId: string, instanceId: string, text: string): Promise<JsonObject> {
    const bytes = Buffer.from(text);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const key = attachmentKey(formId, instanceId, sha256);
    await this.objects.put(key, bytes, { contentType: 'application/pdf' });
    return { sha256, bytes: bytes.length, type: 'application/pdf' };
  }

  /** Returns the number of the record. */
  async send(sender: Sender, answers: JsonObject): Promise<number> {
    this.#tick();
    const { formId, instanceId, organisation, who } = sender;
    const formVersion = cell(this.#forms.get(formId)?.at(-1)?.settings, 'version');
    const sent = { instanceId, formVersion, answers };
    const { submission } = await acceptSubmission(this.deps, memberOf(organisation), formId, sent);
    return this.#keep(submission, { formId, instanceId, organisation, who }, answers);
  }

  async edit(record: number, answers: JsonObject, version?: string): Promise<void> {
    this.#tick();
    const kept = this.#at(record);
    const { formId, instanceId, organisation } = kept.person;
    const principal = memberOf(organisation);
    const formVersion = version ?? kept.standing.version;
    const sent = { formVersion, answers };
    const { submission } = await editSubmission(
      ...([this.deps, principal, formId, instanceId, kept.revision, sent] as const),
    );
    this.#revised(kept, submission, { answers, reviewed: false });
  }

  async review(record: number, decision: ReviewRequest['decision']): Promise<void> {
    this.#tick();
    const kept = this.#at(record);
    const { formId, instanceId } = kept.person;
    const note = decision === 'accept' ? {} : { note: 'Où ?' };
    const submission = await reviewSubmission(
      ...([this.deps, coordinator, formId, instanceId, kept.revision] as const),
      { decision, ...note },
    );
    this.#revised(kept, submission, { reviewed: decision === 'accept' });
  }

  async withdraw(record: number): Promise<void> {
    this.#tick();
    const kept = this.#at(record);
    const { formId, instanceId, organisation } = kept.person;
    const principal = memberOf(organisation);
    const submission = await withdrawSubmission(
      ...([this.deps, principal, formId, instanceId, kept.revision] as const),
    );
    this.#revised(kept, submission, { reviewed: false });
  }

  async erase(record: number): Promise<void> {
    this.#tick();
    const kept = this.#at(record);
    const { formId, instanceId } = kept.person;
    await eraseSubmission(this.deps, coordinator, formId, instanceId);
    kept.standing = { ...kept.standing, state: 'erased', answers: {} };
    this.#noticed = true;
  }

  /** Compiles, the next day, and downloads everything. */
  async compile(): Promise<void> {
    this.#now += day;
    await compileAll(this.deps);
    this.#snapshots.push({
      public: await this.#publicFiles(),
      members: await this.#membersFiles(),
      quiet: !this.#noticed && this.#snapshots.length > 0,
      truth: truthOf(
        this.view.forms,
        this.#kept.map(({ standing }) => standing),
      ),
    });
    this.#noticed = false;
  }

  #at(record: number): Kept {
    const kept = this.#kept[record];
    if (kept === undefined) throw new RangeError(`No record ${record}.`);
    return kept;
  }

  #tick(): void {
    this.#now += 61_007;
  }

  #keep(submission: Submission, sender: Sender, answers: JsonObject): number {
    const marker = JSON.stringify(answers['ticket']);
    const { formVersion: version } = submission;
    const person = { ...sender, marker, arrival: this.#kept.length, sent: [{ version, answers }] };
    const standing: Standing = {
      formId: sender.formId,
      marker,
      version,
      state: submission.state,
      answers: answersIn(submission),
      reviewed: false,
      sent: [answers],
      refused: this.#refused(sender.formId, version, answers, false),
    };
    this.#kept.push({ person, standing, revision: submission.revision });
    this.#notice(undefined, standing);
    return this.#kept.length - 1;
  }

  #revised(
    kept: Kept,
    submission: Submission,
    { answers, reviewed }: { readonly answers?: JsonObject; readonly reviewed: boolean },
  ): void {
    const before = kept.standing;
    const { formVersion: version } = submission;
    const { person } = kept;
    const refused =
      answers === undefined
        ? before.refused
        : this.#refused(person.formId, version, answers, before.refused);
    kept.standing = {
      ...before,
      version,
      state: submission.state,
      answers: answersIn(submission),
      reviewed,
      refused,
      sent: answers === undefined ? before.sent : [...before.sent, answers],
    };
    if (answers !== undefined)
      kept.person = { ...person, sent: [...person.sent, { version, answers }] };
    kept.revision = submission.revision;
    this.#notice(before, kept.standing);
  }

  #refused(formId: string, version: string, answers: JsonObject, before: boolean): boolean {
    const asked = this.#forms
      .get(formId)
      ?.find(({ settings }) => cell(settings, 'version') === version);
    const question = cell(asked?.settings, 'consent');
    return question === '' ? before : answers[question] !== 'yes';
  }

  /** Whether the public may notice what happened to a record: it had or has something to show, and showed another thing. */
  #notice(before: Standing | undefined, after: Standing): void {
    const shown = (standing: Standing | undefined): string => {
      if (standing === undefined) return '';
      const { published, canaries } = truthOf(this.view.forms, [standing]);
      if (published.get(standing.formId)?.size === 0) return '';
      // Words that the public may not read are no difference to it.
      const text = JSON.stringify([standing.version, standing.answers]);
      return replaceCanaries(text, (found) => (canaries.get(found) === 'public' ? found : ''));
    };
    if (shown(before) !== shown(after)) this.#noticed = true;
  }

  async #publicFiles(): Promise<Files> {
    const keys = this.objects.keys().filter((key) => key.startsWith('public/'));
    return read(this.objects, new Map(keys.map((key) => [key.slice('public/'.length), key])));
  }

  async #membersFiles(): Promise<Files> {
    const keys = new Map<string, string>();
    for (const { dataset, audiences } of await listDatasets(this.deps, 'members')) {
      for (const { name } of audiences.members?.files ?? []) {
        const { key } = await openDatasetFile(this.deps, dataset, name, 'members');
        keys.set(`${dataset}/${name}`, key);
      }
    }
    return read(this.objects, keys);
  }
}

function memberOf(organisation: string): Principal {
  return { role: 'member', organisation: OrgId.parse(organisation), tokenId: 'token-m' };
}

function answersIn({ answers }: Submission): JsonObject {
  return JSON.parse(answers) as JsonObject;
}

async function read(objects: ObjectStore, keys: ReadonlyMap<string, string>): Promise<Files> {
  const files = new Map<string, Buffer>();
  for (const [name, key] of keys) {
    const body = await objects.get(key);
    if (body !== undefined) files.set(name, await buffer(body));
  }
  return files;
}
