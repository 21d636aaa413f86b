import { AttackedWorld, type Sender } from './attacked-world.ts';
import type { AttackView } from './attack-view.ts';
import {
  everyKindAnswers,
  everyKindForm,
  followUpForm,
  kindOf,
  type Promise as Said,
} from './every-kind-form.ts';
import { Seeded } from './seeded.ts';

/** How much happens. */
export interface Scale {
  readonly seed: number;
  readonly records: number;
  readonly compiles: number;
}

const versions: readonly [Said, Said, Said] = [
  { version: '1', k: 5, review: 'none', consent: true, turned: 'public' },
  { version: '2', k: 4, review: 'none', consent: false, turned: 'coordinator' },
  { version: '3', k: 4, review: 'required', consent: true, turned: 'public' },
];
const [main, second] = ['fiche', 'suivi'];

/**
 * Years of a network in one view: a form of every kind, whose promises change twice, and a second one
 * about the same people, with additions, corrections, reviews, withdrawals and erasures between
 * compiles.
 */
export async function everyKindHistory({ seed, records, compiles }: Scale): Promise<AttackView> {
  const random = new Seeded(seed);
  const world = new AttackedWorld();
  const organisations = [0, 1, 2].map(() => `org${random.canary()}`) as [string, string, string];
  let ticket = 0;
  let said: Said = versions[0];
  const tickets = new Set<number>();
  const nextTicket = (): number => {
    do ticket = 52_000_000 + random.below(900_000);
    while (tickets.has(ticket));
    tickets.add(ticket);
    return ticket;
  };
  await world.publish(main, everyKindForm(said));
  await world.publish(second, followUpForm);
  let sent = 0;
  const sender = (formId: string): Sender => {
    const organisation = random.pick(organisations);
    // Half of the clients count what they send, in the name of their organisation.
    const instanceId = sent % 2 === 0 ? random.uuid() : `${organisation}-${100_000 + sent}`;
    return { formId, instanceId, organisation, who: (sent += 1) };
  };
  const add = async (consent: 'yes' | 'no'): Promise<void> => {
    const from = sender(main);
    const file = random.chance(0.1)
      ? await world.putFile(main, from.instanceId, `%PDF-1.4\n${from.instanceId}\n%%EOF\n`)
      : undefined;
    const answers = everyKindAnswers(random, kindOf(random), {
      ...{ consent, ticket: nextTicket() },
      ...(file === undefined ? {} : { file }),
    });
    await world.send(from, answers);
    if (sent % 3 !== 0) return;
    const { region, age } = answers;
    const follows = await world.send(
      { ...from, formId: second },
      {
        ...{ ticket: nextTicket(), region: region ?? null, age: age ?? null },
        ...{ need: random.pick(['food', 'rest', 'care']), secret: random.canary() },
      },
    );
    await world.review(follows, 'accept');
  };
  const of = (formId: string, ...states: readonly string[]): readonly number[] =>
    world.recordsOf(formId).filter((record) => states.includes(world.stateOf(record)));
  const some = (from: readonly number[], count: number): readonly number[] => {
    const left = [...from];
    return Array.from({ length: Math.min(count, left.length) }, () =>
      left.splice(random.below(left.length), 1),
    ).flat();
  };
  const each = async (
    from: readonly number[],
    act: (record: number) => Promise<void>,
  ): Promise<void> => {
    for (const record of from) await act(record);
  };
  /** Says something else that nobody but the coordinator reads. */
  const correctHidden = (record: number): Promise<void> =>
    world.edit(record, { ...world.answersOf(record), secret: random.canary() });

  const perCompile = Math.ceil(records / compiles);
  const [opens, closes] = [Math.floor(compiles * 0.35), Math.floor(compiles * 0.65)];
  for (let at = 0; at < compiles; at += 1) {
    const next = at === opens ? versions[1] : at === closes ? versions[2] : undefined;
    if (next !== undefined) await world.publish(main, everyKindForm((said = next)));
    if (at % 6 === 4) {
      // Nothing that the public may notice.
      if (said.consent) await add('no');
      if (said.review === 'none') await each(some(of(main, 'accepted'), 3), correctHidden);
      await each(some(of(second, 'withdrawn', 'rejected'), 1), (record) =>
        world.review(record, 'reject').catch(() => undefined),
      );
    } else {
      for (let index = 0; index < perCompile; index += 1) {
        await add(random.chance(0.12) ? 'no' : 'yes');
      }
      // Some refuse consent in one version, and correct something in another that does not ask.
      await each(some(of(main, 'accepted'), 4), (record) => {
        const answers = world.answersOf(record);
        const version = random.chance(0.5) ? said.version : undefined;
        return world.edit(record, { ...answers, amount: random.below(40) / 4 }, version);
      });
      await each(some(of(main, 'accepted'), 1), (record) => world.withdraw(record));
      await each(some(of(second, 'accepted'), 1), (record) => world.withdraw(record));
      await each(some(of(main, 'accepted'), 1), (record) => world.review(record, 'reject'));
      await each(some(of(main, 'accepted', 'rejected'), 1), (record) => world.erase(record));
      const waiting = of(main, 'received');
      await each(some(waiting, Math.ceil(waiting.length * 0.7)), (record) =>
        world.review(record, 'accept'),
      );
      if (said.review === 'required') {
        await each(some(of(main, 'accepted'), perCompile * 3), (record) =>
          world.review(record, 'accept'),
        );
      }
    }
    await world.compile();
  }
  return world.view;
}
