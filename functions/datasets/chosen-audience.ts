import { audienceOf } from '../../shared/access/policy.ts';
import type { Principal } from '../../shared/access/principal.ts';
import { Fault } from '../../shared/fault.ts';
import { audiences, type Audience } from '../../shared/form/model.ts';

/** What a caller asks to see, never more than their role sees. Throws Fault `forbidden`. */
export function chosenAudience(principal: Principal, wanted: Audience | undefined): Audience {
  const widest = audienceOf(principal.role);
  if (wanted === undefined) return widest;
  if (audiences.indexOf(wanted) > audiences.indexOf(widest)) throw new Fault('forbidden');
  return wanted;
}
