import type { Audience } from '../../form/model.ts';
import type { JsonValue } from '../../json.ts';
import { csvText, jsonText } from '../rows/cell-text.ts';
import { csvMediaType, csvRow } from '../formats/csv.ts';
import type { DatasetHead } from '../versions/version-place.ts';
import { geojsonMediaType } from '../formats/geojson.ts';
import { endOfDocument, jsonMediaType, startOfDocument } from '../formats/json.ts';
import { pointGeometry } from '../rows/geometry.ts';
import type { VersionWriter } from '../versions/version-writer.ts';
import type { Activity } from './activity.ts';
import {
  addedColumns,
  formColumn,
  idColumn,
  saidColumns,
  type ActivityColumn,
} from './activity-columns.ts';
import { TableFiles } from './table-files.ts';

/** Writes the rows of one audience in every format. */
export interface ActivityFiles {
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
export function activityFiles(
  head: DatasetHead,
  audience: Audience,
  files: VersionWriter,
): ActivityFiles {
  const added = addedColumns(audience);
  const columns = [...saidColumns, ...added];
  const table = new TableFiles(files, {
    ...{ head, audience, columns },
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
