import type { Principal } from '../access/principal.ts';
import { Fault } from '../fault.ts';
import type { OperationName } from '../http/operations/table.ts';
import { canary, canaryForm, draftId } from '../ids.ts';

/** All that the canary does. Its token is of a coordinator's role, and must be good for nothing else. */
const operations = [
  'putDraft',
  'createSubmission',
  'getSubmission',
  'withdrawSubmission',
  'eraseSubmission',
] as const satisfies readonly OperationName[];

/** True for the form that the canary fills in, and for its draft. */
export function isCanaryForm(formId: string | undefined): boolean {
  return formId === canaryForm || formId === draftId(canaryForm);
}

/**
 * Keeps the canary to its form and what it does with it, and everyone else from that form. Throws Fault
 * `forbidden`, and to everyone else `not-found`.
 */
export function keepCanaryApart(
  principal: Principal | undefined,
  operation: string,
  formId: string | undefined,
): void {
  const itsForm = isCanaryForm(formId);
  if (principal?.organisation === canary) {
    if (!itsForm || !operations.some((own) => own === operation)) throw new Fault('forbidden');
  } else if (itsForm) {
    throw new Fault('not-found');
  }
}
