import { draftId } from '../../ids.ts';
import type { FormDraft, FormRecord } from './form-record.ts';

/** How many drafts that were replaced are remembered, besides those that were published. */
const mostRemembered = 20;

/**
 * The draft of a form as a form of its own, under the id `<formId>.draft`: for the coordinator alone,
 * open while there is a draft, its versions the drafts that are remembered. It stands in no list and
 * no record, so nothing ever compiles what is sent to it. Undefined: the form never had a draft that
 * is remembered.
 */
export function draftRecord(form: FormRecord): FormRecord | undefined {
  const { draft, drafts } = form;
  const known = draft === undefined ? drafts : remembered(drafts, draft);
  if (known.length === 0) return undefined;
  const titled = draft !== undefined && Object.keys(draft.title).length > 0;
  return {
    formId: draftId(form.formId),
    revision: form.revision,
    state: draft === undefined ? 'closed' : 'published',
    shards: 1,
    title: titled ? draft.title : form.title,
    audience: 'coordinator',
    drafts: [],
    versions: known.map(({ version, key, media, at }) => ({
      version,
      key,
      ...(media === undefined ? {} : { media }),
      publishedAt: at,
    })),
  };
}

/**
 * The drafts to remember once `replaced` is no longer the draft: of each version the newest one, for
 * answers name no more than their version.
 */
export function remembered(
  drafts: readonly FormDraft[],
  replaced: FormDraft | undefined,
): FormDraft[] {
  if (replaced === undefined) return [...drafts];
  const others = drafts.filter(({ version }) => version !== replaced.version);
  return [...others, replaced].slice(-mostRemembered);
}
