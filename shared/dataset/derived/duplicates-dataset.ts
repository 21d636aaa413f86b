import type { Audience } from '../../form/model.ts';
import {
  domainsIn,
  likelyDuplicates,
  type NamedThing,
} from '../../deduplication/likely-duplicates.ts';
import { jsonMediaType } from '../formats/json-format.ts';
import { activityDataset, eachActivity } from './activity-dataset.ts';
import { TableFiles, type DerivedColumn } from './table-files.ts';
import type { Organisation } from '../../access/organisation-records.ts';
import type { NamedKind } from '../../deduplication/same-as.ts';
import type { Activity } from './activity.ts';

/** Organisations and initiatives that are likely to be the same under two names: for the coordinator alone. */
export const duplicates = activityDataset(
  'duplicates',
  { membersMatter: true, withoutForms: true },
  async (sources, { dataset, version, cutOff }, files) => {
    const things = new NamedThings();
    for (const organisation of sources.organisations) things.addMember(organisation);
    await eachActivity(
      sources,
      (audience, activities, _row, formId) => {
        if (audience === 'coordinator') things.addRecord(activities, formId);
      },
      () => Promise.resolve(),
    );
    const pairs = likelyDuplicates(things.all, sources.aliases);
    const json = files.open('coordinator', 'duplicates.json', jsonMediaType);
    const items = pairs.map(({ kind, score, reasons, names }) => ({
      kind,
      score,
      reasons,
      names: names.map(toResponse),
    }));
    json.write(`${JSON.stringify({ dataset, version, cutOff, count: items.length, items })}\n`);
    json.rows = pairs.length;
    const table = new TableFiles(files, {
      head: {
        dataset,
        version,
        cutOff,
        license: null,
        title: { fr: 'Doublons probables', en: 'Likely duplicates' },
      },
      audience: 'coordinator',
      about: ['id'],
      columns,
      own: new Set(['json', 'geojson', 'hxl']),
    });
    for (const [index, { kind, score, reasons, names }] of pairs.entries()) {
      const [one, other] = names;
      table.row({
        id: String(index + 1),
        about: {},
        cells: {
          kind,
          score,
          name: one.name,
          other: other.name,
          records: one.records,
          other_records: other.records,
          why: reasons.map(({ fr }) => fr).join(' '),
        },
      });
    }
    await table.drained();
    const rows = new Map<Audience, number>();
    rows.set('coordinator', await table.end());
    return { rows, withheld: {} };
  },
);

const columns: readonly DerivedColumn[] = [
  { name: 'kind', type: 'text', label: { fr: 'Quoi', en: 'What' } },
  { name: 'score', type: 'decimal', label: { fr: 'Vraisemblance', en: 'Likelihood' } },
  { name: 'name', type: 'text', label: { fr: 'Nom', en: 'Name' } },
  { name: 'other', type: 'text', label: { fr: 'Autre nom', en: 'Other name' } },
  { name: 'records', type: 'integer', label: { fr: 'Réponses (nom)', en: 'Records (name)' } },
  {
    name: 'other_records',
    type: 'integer',
    label: { fr: 'Réponses (autre)', en: 'Records (other)' },
  },
  { name: 'why', type: 'text', label: { fr: 'Pourquoi', en: 'Why' } },
];

function toResponse({ name, records, acronyms, places, sources }: NamedThing) {
  const list = (texts: ReadonlySet<string>): readonly string[] => [...texts].sort();
  return {
    name,
    records,
    acronyms: list(acronyms),
    places: list(places),
    sources: list(sources),
  };
}

interface Gathered extends NamedThing {
  readonly acronyms: Set<string>;
  readonly domains: Set<string>;
  readonly places: Set<string>;
  readonly organisations: Set<string>;
  readonly sources: Set<string>;
  records: number;
}

/** Gathers every name of an organisation or an initiative, as it was said, and what was said with it. */
class NamedThings {
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

  /** Adds what one record says, as the coordinator sees it. */
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
      kind,
      name,
      records: 0,
      acronyms: new Set<string>(),
      domains: new Set<string>(),
      places: new Set<string>(),
      organisations: new Set<string>(),
      sources: new Set<string>(),
    };
    this.#things.set(key, thing);
    return thing;
  }
}
