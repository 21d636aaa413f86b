import { jsonText } from '../rows/cell-text.ts';
import type { TableColumns } from '../rows/audience-view.ts';
import type { AudienceRow, AudienceTables } from '../rows/audience-row.ts';
import { type Format, recordsBefore } from './format.ts';

export const geojsonMediaType = 'application/geo+json';

/**
 * GeoJSON (RFC 7946) of forms that have a place: one feature a record, or, if the place stands in a
 * repeat, one a row of that repeat. Properties are the columns of the table; those of the repeat
 * have its name before theirs.
 */
export const geojson: Format = {
  name: 'geojson',
  inParts: 'append',
  open: ({ head, tables, open, resumed }) => {
    const { geometryScope: scope } = tables;
    if (scope === undefined) return undefined;
    const sink = open(`${head.dataset}.geojson`, geojsonMediaType);
    sink.write('{"type":"FeatureCollection","features":[');
    const main = propertiesOf(tables.main, '');
    const inRepeat = tables.repeats.find((table) => table.scope === scope);
    const own = inRepeat === undefined ? [] : propertiesOf(inRepeat, `${scope.path.join('/')}/`);
    const meta = metaWriter(tables);

    const feature = (row: AudienceRow, shared: string): void => {
      const place = row.geometry();
      if (place === undefined) return;
      const { json: geometry, precision } = place;
      let properties = shared;
      if (row.table !== 0) properties += cellsOf(row, own);
      if (geometry !== '' && precision !== '') properties += `,"precision":${precision}`;
      sink.write(
        `${sink.rows === 0 ? '\n' : ',\n'}{"type":"Feature","id":"${row.id}","geometry":${geometry === '' ? 'null' : geometry},"properties":{${properties}}}`,
      );
      sink.rows += 1;
    };
    let records = recordsBefore(resumed);
    return {
      row: (record) => {
        records += 1;
        const shared = meta(record) + cellsOf(record, main);
        for (const row of record.rows) feature(row, shared);
      },
      save: () => records,
      end: () => {
        sink.write('\n]}\n');
        return records;
      },
    };
  },
};

/** What stands before each value. */
function propertiesOf(table: TableColumns, before: string): readonly string[] {
  return table.columns.map(({ header }) => {
    // The property `precision` says how exact the place is.
    const name = before + header === 'precision' ? 'answers/precision' : before + header;
    return `,${jsonText(name)}:`;
  });
}

function metaWriter({ meta }: AudienceTables): (record: AudienceRow) => string {
  const starts = meta.map(({ header }, index) => `${index === 0 ? '' : ','}${jsonText(header)}:`);
  return ({ leads }) => {
    let text = '';
    for (const [index, { json }] of leads.entries()) text += (starts[index] ?? '') + json;
    return text;
  };
}

function cellsOf(row: AudienceRow, starts: readonly string[]): string {
  let text = '';
  for (let index = 0; index < starts.length; index += 1) {
    const cell = row.json(index);
    text += (starts[index] ?? '') + (cell === '' ? 'null' : cell);
  }
  return text;
}
