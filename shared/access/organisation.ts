import * as z from 'zod';
import { OrgId } from '../ids.ts';

/** A member of the network, or the coordination itself. */
export const Organisation = z.strictObject({
  id: OrgId,
  name: z.string().trim().min(1).max(300),
  acronym: z.string().trim().min(1).max(50).optional(),
  /** Code of the vocabulary of kinds of organisation. */
  kind: z.string().max(100).optional(),
  /** How the coordination reaches it: never published. */
  contact: z.string().max(500).optional(),
  state: z.enum(['active', 'inactive']),
});
export type Organisation = z.infer<typeof Organisation>;
