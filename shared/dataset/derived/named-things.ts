import type { Organisation } from '../../access/organisations.ts';
import type { NamedKind } from '../../deduplication/same-as.ts';
import { domainsIn, type NamedThing } from '../../deduplication/likely-duplicates.ts';
import type { Activity } from './activity.ts';

interface Gathered extends NamedThing {
  readonly acronyms: Set<string>;
  readonly domains: Set<string>;
  readonly places: Set<string>;
  readonly organisations: Set<string>;
  readonly sources: Set<string>;
  records: number;
}

/** Gathers every name of an organisation or an initiative, as it was said, and what was said with it. */
export class NamedThings {
  readonly #things = new Map<string, Gathered>();

  get all(): readonly NamedThing[] {
    return [...this.#things.values()];
  }

  addMember({ name, acronym, contact }: Organisation): void {
    const thing = this.#thing('organisation', name);
    if (acronym !== undefined) thing.acronyms.add(acronym);
    for (const domain of domainsIn(contact ?? '')) thing.domains.add(domain);
    thing.sources.add('registry');
  }

  /** What one record tells: the coordinator's view of it. */
  addRecord(activities: readonly Activity[], formId: string): void {
    const counted = new Set<Gathered>();
    for (const activity of activities) {
      const { orgGiven, orgAcronym, activityGiven } = activity;
      const domains = activity.contacts.flatMap(domainsIn);
      const said = [
        orgGiven === '' ? undefined : this.#thing('organisation', orgGiven),
        activityGiven === '' ? undefined : this.#thing('initiative', activityGiven),
      ];
      for (const thing of said) {
        if (thing === undefined) continue;
        const place = activity.adm2Code || activity.adm1Code;
        if (place !== '') thing.places.add(place);
        for (const domain of domains) thing.domains.add(domain);
        if (thing.kind === 'initiative' && orgGiven !== '')
          thing.organisations.add(activity.orgName);
        if (thing.kind === 'organisation' && orgAcronym !== '') thing.acronyms.add(orgAcronym);
        thing.sources.add(formId);
        counted.add(thing);
      }
    }
    for (const thing of counted) thing.records += 1;
  }

  #thing(kind: NamedKind, name: string): Gathered {
    const key = `${kind}\n${name}`;
    const thing = this.#things.get(key) ?? {
      ...{ kind, name, records: 0 },
      ...{ acronyms: new Set<string>(), domains: new Set<string>(), places: new Set<string>() },
      ...{ organisations: new Set<string>(), sources: new Set<string>() },
    };
    this.#things.set(key, thing);
    return thing;
  }
}
