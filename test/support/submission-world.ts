import type { Principal } from '../../shared/access/principal.ts';
import type { FormDefinition, Row } from '../../shared/form/definition.ts';
import { FormLibrary } from '../../shared/form/library/form-library.ts';
import { coordination, OrgId } from '../../shared/ids.ts';
import type { RecordStore } from '../../shared/store/record-store.ts';
import type { SubmissionDeps } from '../../shared/submission/records/submission-deps.ts';
import { Interruptions } from './interruptions.ts';
import { testKeys } from './keyring.ts';
import { MemoryObjectStore } from './memory-object-store.ts';
import { MemoryRecordStore } from './memory-record-store.ts';

export const memberA: Principal = {
  role: 'member',
  organisation: OrgId.parse('ong-a'),
  tokenId: 'token-a',
};
export const memberB: Principal = {
  role: 'member',
  organisation: OrgId.parse('ong-b'),
  tokenId: 'token-b',
};
export const coordinator: Principal = {
  role: 'coordinator',
  organisation: coordination,
  tokenId: 'token-c',
};

export const startOfTests = Date.parse('2026-11-02T08:00:00.000Z');

/** A form with what submissions are made of: texts, a group, a repeat, codes, a place. */
export function surveyForm(version: string, settings: Row = {}): FormDefinition {
  return {
    survey: [
      { type: 'text', name: 'title', label: 'Titre', required: 'yes' },
      { type: 'integer', name: 'people', label: 'Personnes' },
      { type: 'begin_group', name: 'contact', label: 'Contact' },
      { type: 'text', name: 'email', label: 'Courriel' },
      { type: 'end_group' },
      { type: 'begin_repeat', name: 'sites', label: 'Sites' },
      { type: 'text', name: 'place', label: 'Lieu' },
      { type: 'end_repeat' },
      { type: 'select_multiple services', name: 'services', label: 'Services' },
      { type: 'geopoint', name: 'where', label: 'Où' },
    ],
    choices: [
      { list_name: 'services', name: 'food', label: 'Repas' },
      { list_name: 'services', name: 'care', label: 'Soins' },
    ],
    settings: { version, default_language: 'fr', ...settings },
  };
}

export interface World {
  readonly deps: SubmissionDeps;
  readonly submissions: MemoryRecordStore;
  readonly registry: MemoryRecordStore;
  readonly objects: MemoryObjectStore;
  /** Operations of all three stores. */
  readonly interruptions: Interruptions;
  /** The time that the clock shows, in ms; stands still unless moved. */
  now: number;
}

/**
 * Stores in memory and three published forms: `survey` (for members, reviewed), `open` (for anyone,
 * accepted on arrival) and `desk` (for the coordinator).
 */
export async function openWorld(): Promise<World> {
  const interruptions = new Interruptions();
  const submissions = new MemoryRecordStore(interruptions);
  const registry = new MemoryRecordStore(interruptions);
  const objects = new MemoryObjectStore(interruptions);
  const clock = (): Date => new Date(world.now);
  const world: World = {
    deps: depsOn({ submissions, registry, objects, clock }),
    submissions,
    registry,
    objects,
    interruptions,
    now: startOfTests,
  };
  await publishForms(world.deps.forms);
  interruptions.plan(undefined);
  return world;
}

/** Everything about submissions on the given stores, as one process has it. */
export function depsOn(
  stores: Pick<SubmissionDeps, 'objects' | 'clock'> & {
    readonly submissions: RecordStore;
    readonly registry: RecordStore;
  },
): SubmissionDeps {
  let ids = 0;
  return {
    ...stores,
    forms: new FormLibrary(stores.registry, stores.objects, stores.clock),
    newId: () => `id-${(ids += 1)}`,
    keys: testKeys,
  };
}

export async function publishForms(forms: FormLibrary): Promise<void> {
  const settings = {
    survey: {},
    open: { audience: 'anyone', review: 'none' },
    desk: { audience: 'coordinator' },
  };
  for (const [formId, row] of Object.entries(settings)) {
    await forms.putDraft(formId, surveyForm('1', row));
    await forms.publish(formId);
  }
}
