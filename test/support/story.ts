import { afterAll, beforeAll, describe } from 'vitest';
import { Client, joinNetwork } from './client.ts';
import { tellAttachments } from './story/attachments.ts';
import type { Cast } from './story/cast.ts';
import { tellEveryForm } from './story/every-form.ts';
import { tellMembers } from './story/members.ts';
import { tellNetwork } from './story/network.ts';
import { tellPhones } from './story/phones.ts';
import { openShelter, type Shelter } from './story/shelter.ts';

/** Where the story takes place: a service with the built-in forms and one token, and nothing sent. */
export interface Stage {
  readonly url: string;
  /** How the service calls itself in links; absent: `url`. */
  readonly address?: string;
  readonly coordinatorToken: string;
  /** Ends it and leaves nothing. */
  close(): Promise<void>;
}

type Chapter = (cast: () => Cast) => void;

/**
 * Tells chapters in order, over HTTP alone: so they are the same wherever the service runs.
 * Registers tests, to be called where `describe` may be.
 */
export function tell(start: () => Promise<Stage>, ...chapters: readonly Chapter[]): void {
  let stage: Stage | undefined;
  let people: Cast | undefined;
  const cast = (): Cast => {
    if (people === undefined) throw new Error('The story has not begun.');
    return people;
  };

  beforeAll(async () => {
    stage = await start();
    const { url, address = url, coordinatorToken } = stage;
    const coordinator = new Client(url, coordinatorToken);
    const { client: member } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha');
    const { client: other } = await joinNetwork(coordinator, 'ong-beta', 'ONG Bêta');
    people = { coordinator, member, other, anyone: new Client(url), address };
  });
  afterAll(() => stage?.close());

  for (const chapter of chapters) chapter(cast);
}

/** The whole main job. */
export const tellMainJob: Chapter = (cast) => {
  tellEveryForm(cast);
  tellMembers(cast);
  tellNetwork(cast);
};

/** A form for phones: fetched, filled in, sent with its files. */
export const tellShelter: Chapter = (cast) => {
  describe('a form for phones', () => {
    let opened: Shelter | undefined;
    const shelter = (): Shelter => {
      if (opened === undefined) throw new Error('The form has not been published.');
      return opened;
    };
    beforeAll(async () => {
      opened = await openShelter(cast());
    });
    tellPhones(cast, shelter);
    tellAttachments(cast, shelter);
  });
};
