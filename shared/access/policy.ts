import { Fault } from '../fault.ts';
import type { Audience, FormModel } from '../form/model.ts';
import type { Principal, Role } from './principal.ts';

/**
 * Who may call a route. `form-audience`: whoever the form's setting `audience` names, with no token
 * if that is `anyone`. Whose things a member may see is decided further in: its own organisation's.
 */
export type Access = 'anyone' | 'form-audience' | 'any-token' | 'coordinator';

export type FormAudience = FormModel['settings']['audience'];

/**
 * Refuses who may not: Fault `unauthenticated` without a token where one is needed, `forbidden` with
 * one that does not suffice. For `form-audience` the audience of the form concerned; without it (the
 * form is not known yet, or the request is for all forms) nothing is refused here, and whoever
 * finds the form must ask again.
 */
export function authorise(
  access: Access,
  principal: Principal | undefined,
  audience?: FormAudience,
): void {
  const needed = roleNeeded(access, audience);
  if (needed === 'none') return;
  if (principal === undefined) throw new Fault('unauthenticated');
  if (needed === 'coordinator' && principal.role !== 'coordinator') throw new Fault('forbidden');
}

function roleNeeded(access: Access, audience: FormAudience | undefined): Role | 'none' {
  switch (access) {
    case 'anyone':
      return 'none';
    case 'any-token':
      return 'member';
    case 'coordinator':
      return 'coordinator';
    case 'form-audience':
      if (audience === undefined || audience === 'anyone') return 'none';
      return audience === 'coordinator' ? 'coordinator' : 'member';
  }
}

/** True if `principal` may see and fill in a form of that audience: for lists, where nobody is refused. */
export function mayUseForm(principal: Principal | undefined, audience: FormAudience): boolean {
  const needed = roleNeeded('form-audience', audience);
  if (needed === 'none') return true;
  return principal !== undefined && (needed === 'member' || principal.role === 'coordinator');
}

/** True if `principal` may see what `organisation` has sent: its own, or everything. */
export function mayRead(principal: Principal, organisation: string): boolean {
  return principal.role === 'coordinator' || principal.organisation === organisation;
}

/** Which part of datasets a role sees; without a token only what is public. */
export function audienceOf(role: Role | undefined): Audience {
  if (role === undefined) return 'public';
  return role === 'coordinator' ? 'coordinator' : 'members';
}
