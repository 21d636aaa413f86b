import { audiences, type Audience } from '../../form/model.ts';
import type { DatasetHead } from '../versions/version-place.ts';
import { PublicHead, publicVersion } from '../versions/public-head.ts';
import { activityDataset, eachActivity } from './activity-dataset.ts';
import { licenseOf } from './published-forms.ts';
import type { JsonValue } from '../../json.ts';
import { csvText, jsonText } from '../rows/cell-text.ts';
import { csvMediaType, csvRow } from '../formats/csv-format.ts';
import { geojsonMediaType } from '../formats/geojson.ts';
import { endOfDocument, jsonMediaType, startOfDocument } from '../formats/json-format.ts';
import { pointGeometry } from '../rows/answer-reader.ts';
import type { VersionWriter } from '../versions/version-writer.ts';
import type { Activity } from './activity.ts';
import { TableFiles, type DerivedColumn } from './table-files.ts';

/** Rows from every form whose questions carry HXL tags for who, what and where. */
export const whoDoesWhatWhere = activityDataset(
  'who-does-what-where',
  {},
  async (sources, place, files) => {
    const { dataset, version, cutOff } = place;
    const head: DatasetHead = {
      dataset,
      version,
      cutOff,
      title: { fr: 'Qui fait quoi, où', en: 'Who does what, where' },
      license: licenseOf(sources.forms),
    };
    const publicHead = await PublicHead.open(head, place);
    const writers = new Map(
      audiences.map((audience) => {
        const own = audience === 'public' ? publicHead : head;
        return [audience, activityFiles(own, audience, files)] as const;
      }),
    );
    await eachActivity(
      sources,
      (audience, activities, _row, formId) => {
        for (const activity of activities) writers.get(audience)?.row(activity, formId);
      },
      async () => {
        for (const { drained } of writers.values()) await drained();
        await files.drained();
      },
    );
    const rows = new Map<Audience, number>();
    for (const [audience, { end }] of writers) rows.set(audience, await end());
    return { rows, withheld: {}, published: publicVersion(publicHead) };
  },
);

/** A column of who does what where: those with a tag are also those of the HXL file, in this order. */
interface ActivityColumn extends DerivedColumn {
  readonly tag?: string;
  readonly of: (activity: Activity, formId: string) => string | number | undefined;
}

/** What one question cannot say: which form, and which row. In CSV and JSON they have stood there ever since. */
const formColumn: ActivityColumn = {
  name: 'form',
  type: 'text',
  label: { fr: 'Fiche', en: 'Form' },
  of: (_, formId) => formId,
};

const idColumn: ActivityColumn = {
  name: 'id',
  tag: '#meta+id',
  type: 'text',
  label: { fr: 'Identifiant', en: 'Id' },
  of: ({ id }) => id,
};

/** Columns as in interop.md. */
const saidColumns: readonly ActivityColumn[] = [
  column('organisation', '#org+name', 'Organisation', 'Organisation', ({ orgName }) => orgName),
  column('acronym', '#org+acronym', 'Sigle', 'Acronym', ({ orgAcronym }) => orgAcronym),
  column('organisation_type', '#org+type', 'Type d’organisation', 'Kind of organisation', (row) => {
    return row.orgType;
  }),
  column('sector', '#sector+name', 'Thèmes', 'Themes', ({ sector }) => sector),
  column('activity', '#activity+name', 'Activité', 'Activity', ({ activity }) => activity),
  column('status', '#status', 'État', 'Status', ({ status }) => status),
  column('country', '#country+code', 'Pays (code)', 'Country (code)', (row) => row.countryCode),
  column('adm1', '#adm1+name', 'Région', 'Region', ({ adm1Name }) => adm1Name),
  column('adm1_code', '#adm1+code', 'Région (code)', 'Region (code)', (row) => row.adm1Code),
  column('adm2', '#adm2+name', 'Département', 'Department', ({ adm2Name }) => adm2Name),
  column('adm2_code', '#adm2+code', 'Département (code)', 'Department (code)', (row) => {
    return row.adm2Code;
  }),
  { ...column('latitude', '#geo+lat', 'Latitude', 'Latitude', ({ lat }) => lat), type: 'decimal' },
  {
    ...column('longitude', '#geo+lon', 'Longitude', 'Longitude', (row) => row.lon),
    type: 'decimal',
  },
  { ...column('start', '#date+start', 'Début', 'Start', ({ start }) => start), type: 'date' },
  { ...column('end', '#date+end', 'Fin', 'End', ({ end }) => end), type: 'date' },
];

const exactness: ActivityColumn = {
  name: 'precision',
  type: 'text',
  label: { fr: 'Précision du lieu', en: 'Precision of the place' },
  of: ({ precision }) => precision,
};

const given: readonly ActivityColumn[] = [
  {
    name: 'organisation_as_given',
    type: 'text',
    label: { fr: 'Organisation, telle que dite', en: 'Organisation as given' },
    of: ({ orgGiven }) => orgGiven,
  },
  {
    name: 'activity_as_given',
    type: 'text',
    label: { fr: 'Activité, telle que dite', en: 'Activity as given' },
    of: ({ activityGiven }) => activityGiven,
  },
];

/** Writes the rows of one audience in every format. */
interface ActivityFiles {
  readonly row: (activity: Activity, formId: string) => void;
  readonly drained: () => Promise<void>;
  readonly end: () => Promise<number>;
}

const tagged = [...saidColumns, idColumn].flatMap(({ tag, ...column }) =>
  tag === undefined ? [] : [{ ...column, tag }],
);

/**
 * The files of who does what where. JSON, GeoJSON and HXL have had their shape from the beginning:
 * flat records; all else is as in forms' datasets.
 */
function activityFiles(head: DatasetHead, audience: Audience, files: VersionWriter): ActivityFiles {
  const added = addedColumns(audience);
  const columns = [...saidColumns, ...added];
  const table = new TableFiles(files, {
    head,
    audience,
    columns,
    about: ['id', 'form'],
    csv: { about: ['form'], columns: inCsv([...saidColumns, idColumn, ...added]) },
    own: new Set(['json', 'geojson', 'hxl']),
  });
  const [hxl, documents] = [hxlWriter(head, audience, files), jsonWriters(head, audience, files)];
  return {
    row: (activity, formId) => {
      const cells = Object.fromEntries(
        [...columns, idColumn].flatMap((column): [string, JsonValue][] => {
          const value = column.of(activity, formId);
          return value === undefined || value === '' ? [] : [[column.name, value]];
        }),
      );
      table.row({ id: activity.id, about: { form: formId }, cells });
      hxl(activity, formId);
      documents.row(activity, formId);
    },
    drained: () => table.drained(),
    end: async () => {
      documents.end();
      return table.end();
    },
  };
}

/** CSV has no dates, but spreadsheets run what begins like a formula, whatever its column is called. */
function inCsv(columns: readonly ActivityColumn[]): readonly ActivityColumn[] {
  return columns.map((column) => (column.type === 'date' ? { ...column, type: 'text' } : column));
}

type WriteActivity = ActivityFiles['row'];

function hxlWriter(head: DatasetHead, audience: Audience, files: VersionWriter): WriteActivity {
  const sink = files.open(audience, `${head.dataset}.hxl.csv`, csvMediaType);
  sink.write(csvRow(tagged.map(({ name }) => name)));
  sink.write(csvRow(tagged.map(({ tag }) => tag)));
  return (activity, formId) => {
    const cells = tagged.map(({ of }) => {
      const value = of(activity, formId) ?? '';
      return typeof value === 'number' ? String(value) : csvText(value);
    });
    sink.write(`${cells.join(',')}\r\n`);
    sink.rows += 1;
  };
}

function jsonWriters(
  head: DatasetHead,
  audience: Audience,
  files: VersionWriter,
): { readonly row: WriteActivity; readonly end: () => void } {
  const json = files.open(audience, `${head.dataset}.json`, jsonMediaType);
  const geojson = files.open(audience, `${head.dataset}.geojson`, geojsonMediaType);
  const members = [formColumn, ...saidColumns, idColumn];
  const later = addedColumns(audience).filter(({ name }) => name !== 'precision');
  json.write(startOfDocument(head));
  geojson.write('{"type":"FeatureCollection","features":[');
  return {
    row: (activity, formId) => {
      const member = ({ name, of }: ActivityColumn): string => {
        const value = of(activity, formId) ?? '';
        return `${jsonText(name)}:${value === '' ? 'null' : JSON.stringify(value)}`;
      };
      const { precision, lat, lon } = activity;
      const exactness = precision === undefined ? [] : [`"precision":${jsonText(precision)}`];
      const texts = [...members.map(member), ...exactness, ...later.map(member)];
      const properties = `{${texts.join(',')}}`;
      const between = json.rows === 0 ? '\n' : ',\n';
      json.write(between + properties);
      const geometry = lat === undefined || lon === undefined ? 'null' : pointGeometry(lat, lon);
      geojson.write(
        `${between}{"type":"Feature","id":${jsonText(`${formId}/${activity.id}`)},"geometry":${geometry},"properties":${properties}}`,
      );
      for (const sink of [json, geojson]) sink.rows += 1;
    },
    end: () => {
      json.write(endOfDocument(head, json.rows));
      geojson.write('\n]}\n');
    },
  };
}

/** What was added since, after all others. Which names were grouped is not published. */
function addedColumns(audience: Audience): readonly ActivityColumn[] {
  return audience === 'public' ? [exactness] : [exactness, ...given];
}

function column(
  name: string,
  tag: string,
  fr: string,
  en: string,
  of: ActivityColumn['of'],
): ActivityColumn {
  return { name, tag, type: 'text', label: { fr, en }, of };
}
