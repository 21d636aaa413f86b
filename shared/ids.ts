import * as z from 'zod';

/**
 * A form's id, which is also its dataset's: no `#` (keys), no `/` (paths), and no `.`, which parts a
 * dataset from its repeats and formats in file names.
 */
export const FormId = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/)
  .brand('FormId');
export type FormId = z.infer<typeof FormId>;

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
