import { hash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '../../shared/json.ts';
import { AttackedWorld, type Sender } from './attacked-world.ts';
import type { AttackView } from './attack-view.ts';
import {
  coreAnswers,
  coreForm,
  everyKindAnswers,
  everyKindForm,
  followUpForm,
  kindOf,
  type Promised,
} from './every-kind-form.ts';
import { answersTo, definitionOf, type RandomForm } from './random-form.ts';
import { Seeded } from './seeded.ts';

/** How much happens. */
export interface Scale {
  readonly records: number;
  readonly compiles: number;
}

/** Which of the questions of every kind are asked. */
const sizes = {
  whole: { form: everyKindForm, answers: (answers: JsonObject) => answers },
  core: { form: coreForm, answers: coreAnswers },
} as const;

/** What people in a network do, drawn by chance. */
class Network {
  readonly world = new AttackedWorld();
  readonly random: Seeded;
  readonly #organisations: readonly [string, string, string];
  readonly #tickets = new Set<number>();
  #sent = 0;

  constructor(seed: number) {
    this.random = new Seeded(seed);
    const organisation = (): string => `org${this.random.canary()}`;
    this.#organisations = [organisation(), organisation(), organisation()];
  }

  get sent(): number {
    return this.#sent;
  }

  /** Says nothing of anybody. */
  ticket(): number {
    for (;;) {
      const ticket = 52_000_000 + this.random.below(900_000);
      if (this.#tickets.has(ticket)) continue;
      this.#tickets.add(ticket);
      return ticket;
    }
  }

  /** Half of the clients count what they send, in the name of their organisation. */
  sender(formId: string): Sender {
    const organisation = this.random.pick(this.#organisations);
    const counted = this.#sent % 2 === 1;
    const instanceId = counted ? `${organisation}-${100_000 + this.#sent}` : this.random.uuid();
    return { formId, instanceId, organisation, who: (this.#sent += 1) };
  }

  of(formId: string, ...states: readonly string[]): readonly number[] {
    return this.world
      .recordsOf(formId)
      .filter((record) => states.includes(this.world.stateOf(record)));
  }

  /** Does something to some of the records, each at most once. */
  async some(
    from: readonly number[],
    count: number,
    act: (record: number) => Promise<unknown>,
  ): Promise<void> {
    const left = [...from];
    for (let index = 0; index < count && left.length > 0; index += 1) {
      for (const record of left.splice(this.random.below(left.length), 1)) await act(record);
    }
  }

  /** What takes records back, and what a coordinator reads meanwhile. */
  async takeBackAndReview(formId: string, reads: number): Promise<void> {
    const { world } = this;
    await this.some(this.of(formId, 'accepted'), 1, (record) => world.withdraw(record));
    await this.some(this.of(formId, 'accepted'), 1, (record) => world.review(record, 'reject'));
    await this.some(this.of(formId, 'accepted', 'rejected'), 1, (record) => world.erase(record));
    const waiting = this.of(formId, 'received');
    await this.some(waiting, Math.ceil(waiting.length * 0.8), (record) =>
      world.review(record, 'accept'),
    );
    await this.some(this.of(formId, 'accepted'), reads, (record) => world.review(record, 'accept'));
  }
}

const versions: readonly [Promised, Promised, Promised] = [
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
export async function everyKindHistory(
  seed: number,
  { records, compiles }: Scale,
  size: keyof typeof sizes,
): Promise<AttackView> {
  const network = new Network(seed);
  const { world, random } = network;
  const { form: formOf, answers: answersOf } = sizes[size];
  let said: Promised = versions[0];
  const add = async (consent: 'yes' | 'no'): Promise<void> => {
    const from = network.sender(main);
    const pdf = `%PDF-1.4\n${from.instanceId}\n%%EOF\n`;
    const file =
      random.chance(0.1) && size === 'whole'
        ? await world.putFile(main, from.instanceId, pdf)
        : undefined;
    const answers = answersOf(
      everyKindAnswers(random, kindOf(random), {
        consent,
        ticket: network.ticket(),
        ...(file === undefined ? {} : { file }),
      }),
    );
    // Rows that were imported before ids had a secret are called by a hash of all that they say.
    const imported = file === undefined && network.sent % 4 === 0;
    const instanceId = imported ? importedId(main, said.version, answers) : from.instanceId;
    await world.send({ ...from, instanceId }, answers);
    if (network.sent % 3 !== 0) return;
    const follows = followUpAnswers(network, answers);
    await world.review(await world.send({ ...from, formId: second }, follows), 'accept');
  };
  /** Corrects what nobody but the coordinator reads. */
  const correctHidden = (record: number): Promise<void> =>
    world.edit(record, { ...world.answersOf(record), secret: random.canary() });

  await world.publish(main, formOf(said));
  await world.publish(second, followUpForm);
  const perCompile = Math.ceil(records / compiles);
  const [opens, closes] = [Math.floor(compiles * 0.35), Math.floor(compiles * 0.65)];
  for (let at = 0; at < compiles; at += 1) {
    const next = at === opens ? versions[1] : at === closes ? versions[2] : undefined;
    if (next !== undefined) await world.publish(main, formOf((said = next)));
    if (at % 6 === 4) {
      // Nothing that the public may notice.
      if (said.consent) await add('no');
      if (said.review === 'none')
        await network.some(network.of(main, 'accepted'), 3, correctHidden);
    } else {
      for (let index = 0; index < perCompile; index += 1) {
        await add(random.chance(0.12) ? 'no' : 'yes');
      }
      // Some refuse consent in one version, and correct something in another that does not ask.
      await network.some(network.of(main, 'accepted'), 4, (record) => {
        const answers = { ...world.answersOf(record), amount: random.below(40) / 4 };
        return world.edit(record, answers, random.chance(0.5) ? said.version : undefined);
      });
      const refused = network
        .of(main, 'accepted')
        .filter((record) => world.answersOf(record)['agreed'] === 'no');
      await network.some(said.consent ? [] : refused, 6, (record) => {
        const answers = { ...world.answersOf(record), amount: random.below(40) / 4 };
        return world.edit(record, answers, said.version);
      });
      await network.takeBackAndReview(main, said.review === 'required' ? perCompile * 3 : 1);
      await network.some(network.of(second, 'accepted'), 1, (record) => world.withdraw(record));
    }
    await world.compile();
  }
  return world.view;
}

/** An id as imports made them of answers: whoever guesses the answers knows it. */
function importedId(formId: string, formVersion: string, answers: JsonObject): string {
  const content = canonicalJson({ answers, formId, formVersion });
  return `row-${hash('sha256', content).slice(0, 40)}`;
}

function followUpAnswers(network: Network, { region, age }: JsonObject): JsonObject {
  const { random } = network;
  return {
    ticket: network.ticket(),
    region: region ?? null,
    age: age ?? null,
    need: region === 'TH' ? 'food' : random.pick(['food', 'rest', 'care']),
    secret: random.canary(),
  };
}

/** A few compiles of a form that nobody has thought about. */
export async function randomHistory(
  form: RandomForm,
  { records, compiles }: Scale,
): Promise<AttackView> {
  const network = new Network(form.seed);
  const { world, random } = network;
  const definition = definitionOf(form);
  const formId = 'f';
  await world.publish(formId, definition);
  for (let at = 0; at < compiles; at += 1) {
    for (let index = 0; index < records / compiles; index += 1) {
      const consent = random.chance(0.15) ? 'no' : 'yes';
      const answers = answersTo(form, random, { ticket: network.ticket(), consent });
      await world.send(network.sender(formId), answers);
    }
    await network.some(network.of(formId, 'accepted'), 3, (record) => {
      const consent = random.chance(0.5) ? 'no' : 'yes';
      const ticket = Number(world.answersOf(record)['ticket']);
      return world.edit(record, answersTo(form, random, { ticket, consent }));
    });
    await network.takeBackAndReview(formId, 2);
    await world.compile();
  }
  return world.view;
}
