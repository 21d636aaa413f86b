import { afterAll, beforeAll } from 'vitest';
import { Client, joinNetwork } from './client.ts';
import type { Cast } from './story/cast.ts';
import { tellEveryForm } from './story/every-form.ts';
import { tellMembers } from './story/members.ts';
import { tellNetwork } from './story/network.ts';

/** Where the story takes place: a service with the built-in forms and one token, and nothing sent. */
export interface Stage {
  readonly url: string;
  readonly coordinatorToken: string;
  /** Ends it and leaves nothing. */
  close(): Promise<void>;
}

/**
 * The whole main job, told in order, over HTTP alone: so it is the same wherever the service runs.
 * Registers tests, to be called where `describe` may be.
 */
export function tellStory(start: () => Promise<Stage>): void {
  let stage: Stage | undefined;
  let people: Cast | undefined;
  const cast = (): Cast => {
    if (people === undefined) throw new Error('The story has not begun.');
    return people;
  };

  beforeAll(async () => {
    stage = await start();
    const coordinator = new Client(stage.url, stage.coordinatorToken);
    const { client: member } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha');
    const { client: other } = await joinNetwork(coordinator, 'ong-beta', 'ONG Bêta');
    people = { coordinator, member, other, anyone: new Client(stage.url) };
  });
  afterAll(() => stage?.close());

  tellEveryForm(cast);
  tellMembers(cast);
  tellNetwork(cast);
}
