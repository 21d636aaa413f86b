import * as z from 'zod';

/** What has names that people write in several ways. */
export const namedKinds = ['organisation', 'initiative'] as const;
export type NamedKind = (typeof namedKinds)[number];

const Name = z.string().trim().min(1).max(300);

/**
 * What the coordination decided about two names of the same kind. `same`: wherever `name` was said,
 * datasets made from several forms group it under `canonical`, and no answer is changed.
 * `different`: the two are not to be told as likely duplicates again.
 */
export const AliasDecision = z.strictObject({
  kind: z.enum(namedKinds),
  name: Name,
  canonical: Name,
  verdict: z.enum(['same', 'different']).default('same'),
});
export type AliasDecision = z.infer<typeof AliasDecision>;

/** A decision, under the id that its maker chose. */
export interface Alias extends AliasDecision {
  readonly id: string;
}
