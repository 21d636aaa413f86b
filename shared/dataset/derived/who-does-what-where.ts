import { audiences, type Audience } from '../../form/model.ts';
import { csvText, jsonText } from '../cell-text.ts';
import type { VersionPlace } from '../version-place.ts';
import type { CompileDeps } from '../deps.ts';
import type { FileSink } from '../file-sink.ts';
import type { Built } from '../form-dataset.ts';
import { FormRows } from '../form-rows.ts';
import { byteOrderMark, csvMediaType, csvRow } from '../formats/csv.ts';
import type { DatasetHead } from '../formats/format.ts';
import { geojsonMediaType } from '../formats/geojson.ts';
import { endOfDocument, jsonMediaType, startOfDocument } from '../formats/json.ts';
import { pointGeometry } from '../geometry.ts';
import { rareCombinations } from '../rare-combinations.ts';
import type { VersionWriter } from '../version-writer.ts';
import type { Activity } from './activity.ts';
import { activityDataset, eachActivity } from './activity-dataset.ts';
import type { PublishedForm } from './published-forms.ts';

const id = 'who-does-what-where';

/** Columns of the table; those with a tag are also those of the HXL file (interop.md), in this order. */
const columns: readonly {
  readonly header: string;
  readonly tag?: string;
  readonly of: (activity: Activity, formId: string) => string | number | undefined;
}[] = [
  { header: 'form', of: (_, formId) => formId },
  { header: 'organisation', tag: '#org+name', of: ({ orgName }) => orgName },
  { header: 'acronym', tag: '#org+acronym', of: ({ orgAcronym }) => orgAcronym },
  { header: 'organisation_type', tag: '#org+type', of: ({ orgType }) => orgType },
  { header: 'sector', tag: '#sector+name', of: ({ sector }) => sector },
  { header: 'activity', tag: '#activity+name', of: ({ activity }) => activity },
  { header: 'status', tag: '#status', of: ({ status }) => status },
  { header: 'country', tag: '#country+code', of: ({ countryCode }) => countryCode },
  { header: 'adm1', tag: '#adm1+name', of: ({ adm1Name }) => adm1Name },
  { header: 'adm1_code', tag: '#adm1+code', of: ({ adm1Code }) => adm1Code },
  { header: 'adm2', tag: '#adm2+name', of: ({ adm2Name }) => adm2Name },
  { header: 'adm2_code', tag: '#adm2+code', of: ({ adm2Code }) => adm2Code },
  { header: 'latitude', tag: '#geo+lat', of: ({ lat }) => lat },
  { header: 'longitude', tag: '#geo+lon', of: ({ lon }) => lon },
  { header: 'start', tag: '#date+start', of: ({ start }) => start },
  { header: 'end', tag: '#date+end', of: ({ end }) => end },
  { header: 'id', tag: '#meta+id', of: (activity) => activity.id },
];
const tagged = columns.filter(({ tag }) => tag !== undefined);

/** Rows from every form whose questions carry HXL tags for who, what and where. */
export const whoDoesWhatWhere = activityDataset(id, build);

async function build(
  deps: CompileDeps,
  forms: readonly PublishedForm[],
  place: VersionPlace,
  files: VersionWriter,
): Promise<Built> {
  const title = { fr: 'Qui fait quoi, où', en: 'Who does what, where' };
  const { dataset, version, cutOff } = place;
  const head = { dataset, version, cutOff, title, license: licenseOf(forms) };
  const writers = new Map(audiences.map((audience) => [audience, writer(head, audience, files)]));
  for (const { input, models } of forms) {
    const rows = new FormRows(deps.objects, input, models);
    await eachActivity(
      rows,
      (audience, activities) => {
        for (const activity of activities) writers.get(audience)?.row(activity, rows.formId);
      },
      () => files.drained(),
      await rareCombinations(rows),
    );
  }
  const counts = [...writers].map(([audience, { end }]) => [audience, end()] as const);
  return { rows: Object.fromEntries(counts), withheld: {} };
}

/** One licence if all forms have the same. */
function licenseOf(forms: readonly PublishedForm[]): string | null {
  const licenses = new Set(forms.map(({ models }) => models[0]?.settings.license));
  return licenses.size === 1 ? ([...licenses][0] ?? null) : null;
}

interface ActivityWriter {
  readonly row: (activity: Activity, formId: string) => void;
  readonly end: () => number;
}

function writer(head: DatasetHead, audience: Audience, files: VersionWriter): ActivityWriter {
  const open = (name: string, mediaType: string): FileSink =>
    files.open(audience, `${id}.${name}`, mediaType);
  const csv = open('csv', csvMediaType);
  const hxl = open('hxl.csv', csvMediaType);
  const json = open('json', jsonMediaType);
  const geojson = open('geojson', geojsonMediaType);
  csv.write(byteOrderMark + csvRow(columns.map(({ header }) => header)));
  hxl.write(csvRow(tagged.map(({ header }) => header)));
  hxl.write(csvRow(tagged.map(({ tag }) => tag ?? '')));
  json.write(startOfDocument(head));
  geojson.write('{"type":"FeatureCollection","features":[');
  return {
    row: (activity, formId) => {
      const cells = columns.map(({ header, tag, of }) => {
        const value = of(activity, formId);
        const plain = typeof value === 'number' ? String(value) : undefined;
        return {
          tag,
          csv: plain ?? csvText(String(value ?? '')),
          json: `${jsonText(header)}:${plain ?? (value === undefined || value === '' ? 'null' : jsonText(String(value)))}`,
        };
      });
      const { precision, lat, lon } = activity;
      const between = csv.rows === 0 ? '\n' : ',\n';
      const exactness = precision === undefined ? '' : `,"precision":${jsonText(precision)}`;
      const properties = `{${cells.map((cell) => cell.json).join(',')}${exactness}}`;
      csv.write(`${cells.map((cell) => cell.csv).join(',')}\r\n`);
      hxl.write(
        `${cells.flatMap((cell) => (cell.tag === undefined ? [] : [cell.csv])).join(',')}\r\n`,
      );
      json.write(between + properties);
      const geometry = lat === undefined || lon === undefined ? 'null' : pointGeometry(lat, lon);
      geojson.write(
        `${between}{"type":"Feature","id":${jsonText(`${formId}/${activity.id}`)},"geometry":${geometry},"properties":${properties}}`,
      );
      for (const sink of [csv, hxl, json, geojson]) sink.rows += 1;
    },
    end: () => {
      json.write(endOfDocument(csv.rows));
      geojson.write('\n]}\n');
      return csv.rows;
    },
  };
}
