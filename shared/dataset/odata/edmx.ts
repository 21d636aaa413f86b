import { xmlAttribute } from '../../xml-text.ts';
import type { Language } from '../../text.ts';
import type { EntitySet, FeedModel, Navigation } from './feed-model.ts';
import type { Property } from './feed-properties.ts';

const container = 'Container';

/** `$metadata`: the feed's types in CSDL (OData 4.0 part 3). With `wkt`, points are text. */
export function edmx(
  model: FeedModel,
  { language, wkt }: { readonly language: Language; readonly wkt: boolean },
): string {
  const { namespace, sets } = model;
  const types = sets.map((set) => entityType(set, model, language, wkt)).join('');
  const entitySets = sets.map((set) => entitySet(set, model)).join('');
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0"><edmx:DataServices>' +
    `<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm"${attribute('Namespace', namespace)}>` +
    `${types}\n<EntityContainer Name="${container}">${entitySets}</EntityContainer>` +
    '\n</Schema></edmx:DataServices></edmx:Edmx>\n'
  );
}

function attribute(name: string, value: string): string {
  return ` ${name}="${xmlAttribute(value)}"`;
}

function entityType(set: EntitySet, model: FeedModel, language: Language, wkt: boolean): string {
  const properties = set.properties.map((one) => property(one, model, language, wkt)).join('');
  const ways = [...set.navigations.values()].map((way) => navigation(way, model)).join('');
  return (
    `\n<EntityType${attribute('Name', set.typeName)}><Key><PropertyRef Name="id"/></Key>` +
    `${properties}${ways}\n</EntityType>`
  );
}

function property(
  { name, type, nullable, label }: Property,
  { languages }: FeedModel,
  language: Language,
  wkt: boolean,
): string {
  const shown = wkt && type === 'Edm.GeographyPoint' ? 'Edm.String' : type;
  const text = labelIn(label, [language, ...languages]);
  const start = `\n<Property${attribute('Name', name)} Type="${shown}"${nullable ? '' : ' Nullable="false"'}`;
  if (text === undefined) return `${start}/>`;
  const term = `<Annotation Term="Org.OData.Core.V1.Description"${attribute('String', text)}/>`;
  return `${start}>${term}</Property>`;
}

function labelIn(
  label: Readonly<Record<string, string>>,
  languages: readonly string[],
): string | undefined {
  const texts = new Map(Object.entries(label));
  for (const language of languages) {
    const text = texts.get(language);
    if (text !== undefined) return text;
  }
  return texts.values().next().value;
}

function navigation(
  { name, to, many, partner }: Navigation,
  { sets, namespace }: FeedModel,
): string {
  const type = `${namespace}.${sets[to]?.typeName ?? ''}`;
  const start = `\n<NavigationProperty${attribute('Name', name)}`;
  if (many)
    return `${start}${attribute('Type', `Collection(${type})`)}${attribute('Partner', partner)}/>`;
  return (
    `${start}${attribute('Type', type)} Nullable="false"${attribute('Partner', partner)}>` +
    '<ReferentialConstraint Property="parent_id" ReferencedProperty="id"/></NavigationProperty>'
  );
}

function entitySet(
  { name, typeName, navigations }: EntitySet,
  { sets, namespace }: FeedModel,
): string {
  const bindings = [...navigations.values()].map(
    (way) =>
      `<NavigationPropertyBinding${attribute('Path', way.name)}${attribute('Target', sets[way.to]?.name ?? '')}/>`,
  );
  const start = `\n<EntitySet${attribute('Name', name)}${attribute('EntityType', `${namespace}.${typeName}`)}`;
  return bindings.length === 0 ? `${start}/>` : `${start}>${bindings.join('')}</EntitySet>`;
}
