import { SaxesParser } from 'saxes';
import { beforeAll, describe, expect, it } from 'vitest';
import { FeedWorld, visitsForm } from '../../../../support/feed-world.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
}

function parse(text: string): Element {
  const root: Element = { name: '', attributes: {}, children: [] };
  const stack = [root];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes, children: [] };
    stack.at(-1)?.children.push(element);
    stack.push(element);
  });
  parser.on('closetag', () => stack.pop());
  parser.write(text).close();
  return root;
}

function* all(element: Element, name: string): Generator<Element> {
  if (element.name === name) yield element;
  for (const child of element.children) yield* all(child, name);
}

const found = (element: Element, name: string) => [...all(element, name)];

const world = new FeedWorld();
const odd = {
  survey: [
    { type: 'text', name: 'id', label: 'Id' },
    { type: 'text', name: 'parent', label: 'Parent' },
    { type: 'text', name: 'null', label: 'Rien <& "rien"' },
    { type: 'text', name: '_unfit', label: 'x' },
    { type: 'text', name: 'Été', label: 'Été' },
    { type: 'text', name: 'a-b', label: 'x' },
    { type: 'text', name: 'a.b', label: 'x' },
    { type: 'text', name: 'A_B', label: 'x' },
    { type: 'begin_group', name: 'g'.repeat(90) },
    { type: 'text', name: `${'l'.repeat(90)}1`, label: 'x' },
    { type: 'text', name: `${'l'.repeat(90)}2`, label: 'x' },
    { type: 'end_group' },
    { type: 'begin_repeat', name: 'r.s', label: 'x' },
    { type: 'text', name: 'parent', label: 'x' },
    { type: 'text', name: 'index', label: 'x' },
    { type: 'end_repeat' },
    { type: 'begin_repeat', name: 'r-s', label: 'x' },
    { type: 'text', name: 'q', label: 'x' },
    { type: 'end_repeat' },
  ],
  choices: [],
  settings: { form_title: 'Noms', version: '1' },
};

let document: Element;
beforeAll(async () => {
  await world.publishForm('visits', visitsForm);
  await world.publishForm('odd-names', odd);
  await world.collectAll('visits');
  await world.collectAll('odd-names');
  await world.compile();
  document = parse(await world.text('$metadata'));
});

describe('$metadata', () => {
  it('is EDMX 4.0 with one schema', () => {
    const [edmx] = document.children;
    expect(edmx).toMatchObject({ name: 'edmx:Edmx', attributes: { Version: '4.0' } });
    const [schema] = found(document, 'Schema');
    expect(schema?.attributes).toEqual({
      xmlns: 'http://docs.oasis-open.org/odata/ns/edm',
      Namespace: 'Fiche.visits',
    });
  });

  it('tells the type of each property, and what the form calls it', () => {
    const [submissions] = found(document, 'EntityType');
    const types = submissions?.children
      .filter(({ name }) => name === 'Property')
      .map(({ attributes }) => [attributes['Name'], attributes['Type']]);
    expect(Object.fromEntries(types ?? [])).toEqual({
      id: 'Edm.String',
      organisation: 'Edm.String',
      form_version: 'Edm.String',
      state: 'Edm.String',
      received_at: 'Edm.DateTimeOffset',
      updated_at: 'Edm.DateTimeOffset',
      name: 'Edm.String',
      people: 'Edm.Int64',
      budget: 'Edm.Double',
      day: 'Edm.Date',
      hour: 'Edm.TimeOfDay',
      moment: 'Edm.DateTimeOffset',
      kind: 'Edm.String',
      kinds: 'Edm.String',
      place: 'Edm.GeographyPoint',
      place_latitude: 'Edm.Double',
      place_longitude: 'Edm.Double',
      place_altitude: 'Edm.Double',
      place_accuracy: 'Edm.Double',
      contact_e_mail: 'Edm.String',
      _unfit: 'Edm.String',
    });
    const labels = (text: string) =>
      found(parse(text), 'Annotation').map(({ attributes }) => attributes['String']);
    expect(labels('<x/>')).toEqual([]);
    expect(found(document, 'Annotation')[0]?.attributes).toEqual({
      Term: 'Org.OData.Core.V1.Description',
      String: 'Nom',
    });
  });

  it('speaks the language of the reader where the form does', async () => {
    const english = found(parse(await world.text('$metadata', { language: 'en' })), 'Annotation');
    expect(english.map(({ attributes }) => attributes['String']).slice(0, 2)).toEqual([
      'Name',
      'Personnes',
    ]);
  });

  it('tells places as text where they are asked as WKT', async () => {
    const text = await world.text('$metadata', { query: { $wkt: 'true' } });
    expect(text).not.toContain('GeographyPoint');
  });

  it('ties rows of repeats to the rows above, both ways', () => {
    const ways = found(document, 'NavigationProperty').map(({ attributes, children }) => ({
      ...attributes,
      by: children.map((child) => child.attributes),
    }));
    const up = [{ Property: 'parent_id', ReferencedProperty: 'id' }];
    expect(ways).toHaveLength(4);
    const way = (Name: string, to: string, Partner: string) =>
      to.startsWith('Collection')
        ? { Name, Type: to, Partner, by: [] }
        : { Name, Type: to, Nullable: 'false', Partner, by: up };
    expect(ways).toEqual(
      expect.arrayContaining([
        way('field_sites', 'Collection(Fiche.visits.Submissions_field_sites)', 'parent'),
        way('days', 'Collection(Fiche.visits.Submissions_field_sites_days)', 'parent'),
        way('parent', 'Fiche.visits.Submissions', 'field_sites'),
        way('parent', 'Fiche.visits.Submissions_field_sites', 'days'),
      ]),
    );
    expect(found(document, 'EntitySet').map(({ attributes }) => attributes['Name'])).toEqual([
      'Submissions',
      'Submissions.field.sites',
      'Submissions.field.sites.days',
    ]);
  });

  it('names everything as OData can, and nothing twice, whatever the form calls it', async () => {
    const asked = { datasetId: 'odd-names' };
    const text = await world.text('$metadata', asked);
    const simple = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}_]{0,127}$/u;
    for (const type of found(parse(text), 'EntityType')) {
      const names = type.children.flatMap(({ attributes: { Name } }) => Name ?? []);
      for (const name of names) expect(name).toMatch(simple);
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    }
    const [submissions] = found(parse(text), 'EntityType');
    const names = submissions?.children.flatMap(({ attributes: { Name } }) => Name ?? []);
    expect(names).toEqual(
      expect.arrayContaining(['id', 'answers_id', 'parent', '_null', '_unfit', '_unfit_2', 'Été']),
    );
    expect(names).toEqual(expect.arrayContaining(['a_b', 'a_b_2', 'A_B_3', 'r_s', 'r_s_2']));
    const sets = found(parse(text), 'EntitySet').map(({ attributes }) => attributes['Name']);
    expect(sets).toEqual(['Submissions', 'Submissions.r_s', 'Submissions.r_s_2']);
    expect(
      found(parse(text), 'NavigationProperty').map(({ attributes }) => attributes['Name']),
    ).toEqual(expect.arrayContaining(['r_s', 'r_s_2', 'parent_2', 'parent']));
    for (const set of sets) expect(await world.rows(set ?? '', asked)).toEqual([]);
  });
});
