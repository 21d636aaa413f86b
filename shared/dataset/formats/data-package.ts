import type { ColumnKind } from '../../form/types/question-types.ts';
import type { JsonObject, JsonValue } from '../../json.ts';
import type { AudienceTables, MetaColumn } from '../rows/audience-row.ts';
import type { Column, TableColumns } from '../rows/audience-view.ts';
import { choiceLabels, labelIn } from '../rows/column-labels.ts';
import type { FileEntry } from '../versions/version-manifest.ts';
import type { DatasetHead } from '../versions/version-place.ts';
import { flatColumns, flatName } from './csv-flat.ts';
import { csvName, repeatHeaders } from './csv-format.ts';
import {
  type CsvColumn,
  csvColumns,
  type CsvVariant,
  hasVariant,
  languagesFrom,
  variantName,
  variantsOf,
} from './csv-variants.ts';
import type { Description } from './format.ts';
import { hxlName } from './hxl.ts';
import { factsOf, type TableFacts } from './table-facts.ts';

const dataPackageMediaType = 'application/json';
const plain: CsvVariant = { language: undefined, split: false };

/**
 * A Data Package 2.0 of an audience's files: each with its size and hash, tables with a schema whose
 * types and constraints hold for every row.
 */
export const dataPackage: Description = ({ head, tables, open }, files) => {
  const names = resourceNames(files);
  const schemas = new Map(schemasOf(head, tables, names));
  const resources = files.map((file) => ({
    ...resourceOf(file, names),
    ...dialectOf(head, file),
    ...(schemas.has(file.name) ? { schema: schemas.get(file.name) } : {}),
  }));
  const languages = tables.languages.map(({ code }) => code);
  const title = labelIn(new Map(Object.entries(head.title)), languages);
  const document = {
    $schema: dataPackageProfile,
    name: resourceName(head.dataset),
    ...(title === '' ? {} : { title }),
    titles: head.title,
    version: head.version,
    // The standard wants a time: of public files there is but a day.
    ...(head.cutOff.length === 10 ? { cutOff: head.cutOff } : { created: head.cutOff }),
    ...(head.license === null ? {} : { licenses: [licenseOf(head.license)] }),
    resources,
  };
  const sink = open(`${head.dataset}.datapackage.json`, dataPackageMediaType);
  sink.write(`${JSON.stringify(document)}\n`);
  sink.rows = files.length;
};

/** Where the header stands, for readers that would guess. */
function dialectOf({ dataset }: DatasetHead, { name }: FileEntry): JsonObject {
  if (name === hxlName(dataset)) return { dialect: { headerRows: [1], commentRows: [2] } };
  return /\.(?:csv|xlsx)$/.test(name) ? { dialect: { headerRows: [1] } } : {};
}

/** The alphabet that both versions of the standard take. */
function resourceName(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9._-]/g, '-');
}

/** An address, or the name of a licence as in the lists of SPDX or Open Definition. */
function licenseOf(license: string): JsonObject {
  if (/^https?:\/\//.test(license)) return { path: license };
  return { name: license.trim().replaceAll(/[^A-Za-z0-9._-]+/g, '-'), title: license };
}

/** What resources are called, by file: no two the same. */
function resourceNames(files: readonly FileEntry[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { name: file } of files) {
    let name = resourceName(file);
    for (let number = 2; taken.has(name); number += 1) name = `${resourceName(file)}-${number}`;
    taken.add(name);
    names.set(file, name);
  }
  return names;
}

function resourceOf(
  { name, mediaType, bytes, sha256 }: FileEntry,
  names: ReadonlyMap<string, string>,
): JsonObject {
  const [mediatype = mediaType] = mediaType.split(';');
  const isText = /^text\/|json/.test(mediatype);
  return {
    name: names.get(name) ?? name,
    path: name,
    format: name.split('.').at(-1) ?? '',
    mediatype,
    ...(isText ? { encoding: 'utf-8' } : {}),
    bytes,
    hash: `sha256:${sha256}`,
  };
}

/** Table Schemas by file name, of the files that are tables. */
function schemasOf(
  { dataset }: DatasetHead,
  tables: AudienceTables,
  names: ReadonlyMap<string, string>,
): readonly (readonly [string, JsonObject])[] {
  const facts = factsOf(tables);
  const meta = tables.meta.map(metaField);
  const ofTable = (table: TableColumns, variant: CsvVariant): JsonObject => {
    const isMain = table === tables.main;
    const fixed = isMain ? tables.meta.map(({ header }) => header) : repeatHeaders;
    const columns = csvColumns(table, variant, tables.languages, fixed);
    const answers = columns.map((column) => answerField(column, variant, tables, facts));
    // A derived dataset's id may stand among its other columns, and be labelled as they are.
    const key = fixed.includes('id')
      ? 'id'
      : columns.find((one) => one.column.header === 'id')?.header;
    return {
      fields: [...(isMain ? meta : repeatFields), ...answers],
      ...(key === undefined ? {} : { primaryKey: [key] }),
      ...(isMain ? {} : { foreignKeys: [parentKey(dataset, table, tables, names)] }),
      missingValues: [''],
    };
  };
  const variants = [plain, ...variantsOf(tables)];
  const linked = [tables.main, ...tables.repeats].flatMap((table) =>
    variants
      .filter((variant) => hasVariant(table, variant))
      .map(
        (variant) =>
          [csvName(dataset, table, variantName(variant)), ofTable(table, variant)] as const,
      ),
  );
  const flat = flatColumns(tables).map(({ header, of }, index): JsonObject => {
    const column = of?.table.columns[of.index];
    if (column !== undefined) {
      const field = answerField({ header, column, choice: undefined }, plain, tables, facts);
      // A line of another repeat has no answer here.
      return Object.fromEntries(Object.entries(field).filter(([name]) => name !== 'constraints'));
    }
    return meta[index] ?? { name: header, type: 'integer' };
  });
  return [
    ...linked,
    [flatName(dataset), { fields: flat, missingValues: [''] }],
    [
      `${dataset}.ndjson`,
      {
        fields: [
          ...lineMembers(tables).map(({ member, kind }) => metaField({ header: member, kind })),
          { name: 'answers', type: 'object' },
        ],
        primaryKey: ['id'],
      },
    ],
  ];
}

/** A record's line begins with its id, wherever its table has that column. */
function lineMembers({ meta }: AudienceTables): readonly Pick<MetaColumn, 'member' | 'kind'>[] {
  const hasId = meta.some(({ member }) => member === 'id');
  return hasId ? meta : [{ member: 'id', kind: 'text' }, ...meta];
}

const repeatFields: readonly JsonObject[] = [
  { name: 'id', type: 'string', constraints: { required: true } },
  { name: 'parent_id', type: 'string', constraints: { required: true } },
  { name: 'index', type: 'integer', constraints: { minimum: 1 } },
];

/** Rows of a repeat belong to a row of the repeat around it, or to a record. */
function parentKey(
  dataset: string,
  { scope }: TableColumns,
  { main, repeats }: AudienceTables,
  names: ReadonlyMap<string, string>,
): JsonObject {
  const around = repeats.findLast((other) => other.scope.repeats.includes(scope)) ?? main;
  const parent = csvName(dataset, around);
  const resource = names.get(parent) ?? parent;
  return { fields: ['parent_id'], reference: { resource, fields: ['id'] } };
}

const types: Readonly<Record<ColumnKind, string>> = {
  text: 'string',
  code: 'string',
  codes: 'list',
  integer: 'integer',
  decimal: 'number',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  dateTime: 'datetime',
  file: 'string',
  json: 'string',
};

/** Longer lists would be most of the description. */
const mostCategories = 1_000;

/** A field about the record: never empty but what not every version tells the audience. */
function metaField({ header, kind }: Pick<MetaColumn, 'header' | 'kind'>): JsonObject {
  return { name: header, type: types[kind] };
}

/**
 * A field of a Table Schema (Data Package 2.0): as exact as the rows are. `facts` undefined: nothing
 * is promised but text.
 */
function answerField(
  { header, column, choice }: CsvColumn,
  variant: CsvVariant,
  { languages }: Pick<AudienceTables, 'languages'>,
  facts: TableFacts | undefined,
): JsonObject {
  const order = languagesFrom(variant.language, languages);
  const title = labelIn(column.label, order);
  const titles = languages.flatMap(({ code }) => {
    const text = labelIn(column.label, [code]);
    return text === '' ? [] : [[code, text] as const];
  });
  const hint = labelIn(column.field.question.hint, order);
  const described = {
    name: header,
    ...(title === '' ? {} : { title }),
    ...(titles.length < 2 ? {} : { titles: Object.fromEntries(titles) }),
    ...(hint === '' ? {} : { description: hint }),
  };
  if (choice !== undefined) {
    return { ...described, choice, type: 'integer', constraints: { minimum: 0, maximum: 1 } };
  }
  const { unfit, missing } = facts ?? { unfit: undefined, missing: undefined };
  if (unfit?.has(column) !== false) return { ...described, type: 'string' };
  const isRequired = missing?.has(column) === false && column.field.question.required === true;
  return {
    ...described,
    ...typeOf(column, variant, order),
    ...(isRequired ? { constraints: { required: true } } : {}),
  };
}

function typeOf(
  { kind, choices }: Column,
  { language }: CsvVariant,
  order: readonly string[],
): JsonObject {
  const labels = choiceLabels(choices, order);
  if (kind === 'codes') {
    return language === undefined
      ? { type: 'list', delimiter: ' ', itemType: 'string' }
      : { type: 'string' };
  }
  if (kind !== 'code' || choices.size === 0 || choices.size > mostCategories) {
    return { type: types[kind] };
  }
  const categories = [...labels].map(([code, label]): JsonValue =>
    language === undefined ? { value: code, label } : label,
  );
  return { type: 'string', categories };
}

/** What a `datapackage.json` says that it follows: Data Package 2.0. */
export const dataPackageProfile = 'https://datapackage.org/profiles/2.0/datapackage.json';
