import { jsonText } from '../cell-text.ts';
import type { Instance } from '../instance.ts';
import type { Scope } from '../layout.ts';
import type { TableColumns, View } from '../view.ts';
import type { AudienceTables, Format, PublishedRow } from './format.ts';
import { recordsBefore } from './records-before.ts';

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

    const feature = (id: string, row: PublishedRow, place: Instance, shared: string): void => {
      const { slot, precision } = row.view.geometry;
      const geometry = place.json[slot] ?? '';
      const exactness = geometry === '' ? '' : (place.json[precision] ?? '');
      let properties = shared;
      if (place !== row.instance) properties += cellsOf(place, row.view, own);
      if (exactness !== '') properties += `,"precision":${exactness}`;
      sink.write(
        `${sink.rows === 0 ? '\n' : ',\n'}{"type":"Feature","id":"${id}","geometry":${geometry === '' ? 'null' : geometry},"properties":{${properties}}}`,
      );
      sink.rows += 1;
    };
    let records = recordsBefore(resumed);
    return {
      row: (row) => {
        records += 1;
        const shared = meta(row) + cellsOf(row.instance, row.view, main);
        if (scope === row.instance.scope) {
          feature(row.id, row, row.instance, shared);
          return;
        }
        if (!row.view.repeats.has(scope)) return;
        for (const [id, place] of placesIn(row.instance, row.id, scope)) {
          feature(id, row, place, shared);
        }
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

function metaWriter({ meta }: AudienceTables): (row: PublishedRow) => string {
  const columns = meta.map(({ header, json: value }, index) => ({
    start: `${index === 0 ? '' : ','}${jsonText(header)}:`,
    value,
  }));
  return (row) => {
    let text = '';
    for (const { start, value } of columns) text += start + value(row);
    return text;
  };
}

function cellsOf(instance: Instance, view: View, starts: readonly string[]): string {
  const slots = view.selections.get(instance.scope)?.slots ?? [];
  const { json: cells } = instance;
  let text = '';
  for (let index = 0; index < starts.length; index += 1) {
    const cell = cells[slots[index] ?? 0] ?? '';
    text += (starts[index] ?? '') + (cell === '' ? 'null' : cell);
  }
  return text;
}

/** The rows that have the place, each with its id: the record itself, or `<id>/<index>` at each level. */
function* placesIn(instance: Instance, id: string, scope: Scope): Generator<[string, Instance]> {
  if (instance.scope === scope) {
    yield [id, instance];
    return;
  }
  for (const rows of instance.repeats) {
    for (const [index, row] of rows.entries()) yield* placesIn(row, `${id}/${index + 1}`, scope);
  }
}
