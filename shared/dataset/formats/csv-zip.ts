import { ArchiveWriter } from '../../zip/write-zip.ts';
import { csv } from './csv.ts';
import type { Format } from './format.ts';

/** The linked tables of a form with repeats, `x.csv` and `x.<repeat>.csv`, in one archive. */
export const csvZip: Format = {
  name: 'csv.zip',
  inParts: {
    omitted: ({ head, tables }) => (tables.repeats.length === 0 ? [] : [`${head.dataset}.csv.zip`]),
  },
  open: (context) => {
    const { head, tables, body } = context;
    if (tables.repeats.length === 0) return undefined;
    const archive = new ArchiveWriter();
    const main = `${head.dataset}.csv`;
    const writer = csv.open({
      ...context,
      open: (name) => (name === main ? archive.pass(name) : archive.hold(name)),
    });
    if (writer === undefined) return undefined;
    const file = body({
      name: `${head.dataset}.csv.zip`,
      mediaType: 'application/zip',
      body: archive.body,
      fail: (error) => {
        archive.fail(error);
      },
    });
    return {
      row: (row) => {
        writer.row(row);
      },
      drained: async () => {
        await archive.drained();
      },
      end: async () => {
        file.rows = await writer.end();
        archive.end();
        return file.rows;
      },
    };
  },
};
