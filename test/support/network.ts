import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DoorHandler, Failure } from '../../shared/http/door.ts';
import { createOrganisation } from '../../shared/access/organisation-records.ts';
import { createToken } from '../../shared/access/tokens.ts';
import { coordination, OrgId } from '../../shared/ids.ts';
import { openHome, type Home } from '../../local/open-home.ts';
import { eventOf, type EventParts } from './event.ts';

/** Who may make a request in a test of the doors. */
export type Caller = 'no token' | 'a bad token' | 'alpha' | 'beta' | 'coordinator';

interface Result {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
}

/** A small network on real stores: two member organisations, and the coordination. */
export interface Network {
  /** Where it lies. */
  readonly folder: string;
  readonly home: Home;
  /** What the doors reported: nothing, unless a test breaks something. */
  readonly failures: Failure[];
  authorization(caller: Caller): string | undefined;
  /** Sends one request through a door. */
  call(door: DoorHandler, caller: Caller, parts: EventParts): Promise<Result>;
  close(): Promise<void>;
}

async function tokenOf(home: Home, id: string): Promise<string> {
  const { registry, clock } = home;
  const organisation = {
    id: OrgId.parse(id),
    name: `Organisation ${id}`,
    state: 'active',
  } as const;
  await createOrganisation(registry, organisation);
  const role = id === coordination ? 'coordinator' : 'member';
  const { token } = await createToken(registry, clock, id, { role, name: 'test' });
  return `Bearer ${token}`;
}

export async function openNetwork(): Promise<Network> {
  const folder = await mkdtemp(join(tmpdir(), 'fiche-network-'));
  const home = await openHome(folder);
  const tokens: Readonly<Record<Caller, string | undefined>> = {
    'no token': undefined,
    'a bad token': `Bearer fiche_ong-alpha_${'0'.repeat(16)}_${'0'.repeat(48)}`,
    alpha: await tokenOf(home, 'ong-alpha'),
    beta: await tokenOf(home, 'ong-beta'),
    coordinator: await tokenOf(home, coordination),
  };
  return {
    folder,
    home,
    failures: [],
    authorization: (caller) => tokens[caller],
    async call(door, caller, parts) {
      const authorization = tokens[caller];
      const headers = { ...(authorization !== undefined && { authorization }), ...parts.headers };
      const result = await door(eventOf({ ...parts, headers }));
      let text = result.body ?? '';
      for await (const chunk of result.stream ?? []) text += Buffer.from(chunk).toString('utf8');
      const isJson = /[/+]json/.test(String(result.headers?.['content-type']));
      return {
        status: result.statusCode ?? 200,
        headers: result.headers ?? {},
        text,
        body: isJson && text !== '' ? (JSON.parse(text) as unknown) : undefined,
      };
    },
    async close() {
      home.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** A form of two questions, for whom it says. */
export function smallForm(audience: 'anyone' | 'members' | 'coordinator', version = '1') {
  return {
    survey: [
      {
        type: 'text',
        name: 'title',
        label: 'Titre',
        required: 'yes',
        visibility: 'public',
        review_text: 'yes',
      },
      {
        type: 'integer',
        name: 'people',
        label: 'Personnes',
        constraint: '. >= 0',
        visibility: 'members',
      },
    ],
    choices: [],
    settings: { form_title: 'Petite fiche', version, audience },
  };
}
