import * as z from 'zod';

/**
 * A form's id, which is also its dataset's: no `#` (keys), no `/` (paths), and no `.`, which parts a
 * dataset from its repeats and formats in file names. But for the suffix `.draft`: under that id a
 * form's draft is a form of its own, whose submissions are kept apart and never compiled.
 */
export const FormId = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}(?:\.draft)?$/)
  .brand('FormId');
export type FormId = z.infer<typeof FormId>;

const draftSuffix = '.draft';

/** True for the id under which a form's draft is filled in. */
export function isDraftId(formId: string): boolean {
  return formId.endsWith(draftSuffix);
}

/** The id under which the draft of a form is filled in. */
export function draftId(formId: FormId): FormId {
  return FormId.parse(formId + draftSuffix);
}

/** The form whose draft has that id. */
export function ownerOfDraft(formId: FormId): FormId {
  return FormId.parse(formId.slice(0, -draftSuffix.length));
}

/** A submission's id, chosen by the client: a UUID or what OpenRosa calls `uuid:…`. ASCII only. */
export const InstanceId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9:._-]{7,127}$/)
  .brand('InstanceId');
export type InstanceId = z.infer<typeof InstanceId>;

/** An organisation's id. No `_`: a token is `fiche_<orgId>_<tokenId>_<secret>`. */
export const OrgId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
  .brand('OrgId');
export type OrgId = z.infer<typeof OrgId>;

/** The organisation that runs the network. */
export const coordination = OrgId.parse('coordination');

/**
 * Whose submissions those are that came without a token, to a form whose audience is `anyone`. No
 * organisation may take this id, so that only the coordinator can read or change them.
 */
export const publicOrganisation = OrgId.parse('public');

/**
 * Who tries the service out by itself (shared/canary), and the form whose draft it fills in: neither is
 * in any list, and they see only each other. An organisation or a form of a network cannot take the id.
 */
export const canary = OrgId.parse('fiche-canary');
export const canaryForm = FormId.parse('fiche-canary');

/**
 * Datasets made from several forms, in the order in which they are published: the catalogue tells of all
 * the others. No form has their ids.
 */
export const derivedDatasetIds = [
  'who-does-what-where',
  'plan',
  'coverage',
  'gaps',
  'duplicates',
  'catalog',
] as const;
export type DerivedDatasetId = (typeof derivedDatasetIds)[number];
