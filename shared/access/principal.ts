import type { OrgId } from '../ids.ts';

export type Role = 'member' | 'coordinator';

/** Who makes a request: an organisation, in a role, by a token. */
export interface Principal {
  readonly role: Role;
  readonly organisation: OrgId;
  readonly tokenId: string;
}
