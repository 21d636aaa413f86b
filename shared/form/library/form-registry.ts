import { Fault } from '../../fault.ts';
import { FormId, isDraftId, ownerOfDraft } from '../../ids.ts';
import { registryKey } from '../../store/keys.ts';
import { checkRecordSize } from '../../store/record-size.ts';
import { pagesOf, type RecordStore } from '../../store/record-store.ts';
import { draftRecord, fromFormRecord, toFormRecord, type FormRecord } from './form-record.ts';

/** How often a change is tried again that lost against another. Each loss means that another won. */
const attempts = 10;

/** A form's record without the revision, which `change` counts. */
export type FormContent = Omit<FormRecord, 'revision'>;

/** The records of forms. They are read every time: nothing is cached that can change. */
export class FormRegistry {
  readonly #records: RecordStore;

  constructor(records: RecordStore) {
    this.#records = records;
  }

  /** What is known of a form, or of the draft of one (`x.draft`). */
  async record(formId: string): Promise<FormRecord | undefined> {
    const id = FormId.safeParse(formId);
    if (!id.success) return undefined;
    const isDraft = isDraftId(id.data);
    const owner = isDraft ? ownerOfDraft(id.data) : id.data;
    const record = await this.#records.get(registryKey.form(owner));
    if (record === undefined) return undefined;
    const form = fromFormRecord(record);
    return isDraft ? draftRecord(form) : form;
  }

  /** Every form, by id, never published and closed ones too. */
  async list(): Promise<readonly FormRecord[]> {
    const forms: FormRecord[] = [];
    for await (const records of pagesOf(this.#records, { partition: registryKey.form('').pk })) {
      forms.push(...records.map(fromFormRecord));
    }
    return forms;
  }

  /**
   * Replaces a form's record by what `next` makes of it, again if another change came between, and
   * returns it. What `next` gives back as it was is not written. Faults `store-unavailable`,
   * `record-too-large`.
   */
  async change(
    formId: FormId,
    next: (form: FormRecord | undefined) => FormContent | Promise<FormContent>,
  ): Promise<FormRecord> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const form = await this.record(formId);
      const content = await next(form);
      if (form !== undefined && content === form) return form;
      const changed = { ...content, revision: (form?.revision ?? 0) + 1 };
      const record = toFormRecord(changed);
      checkRecordSize(record);
      const won =
        form === undefined
          ? (await this.#records.putIfAbsent(record)) === undefined
          : await this.#records.putIfRevision(record, form.revision);
      if (won) return changed;
    }
    throw new Fault('store-unavailable');
  }
}
