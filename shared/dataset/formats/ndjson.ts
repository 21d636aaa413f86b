import { ndjsonName, rowIndexName } from '../versions/row-index.ts';
import type { Format } from './format.ts';
import { NdjsonIndex } from './ndjson-index.ts';
import { recordTexts } from './record-texts.ts';

const ndjsonMediaType = 'application/x-ndjson';

/**
 * One record a line, the same objects as in JSON: for programs that read a large dataset piece by
 * piece. An index beside it says where its rows are (row-index.ts).
 */
export const ndjson: Format = {
  name: 'ndjson',
  inParts: 'append',
  open: ({ head, tables, open, internal, resumed }) => {
    const sink = open(ndjsonName(head.dataset), ndjsonMediaType);
    const texts = recordTexts(tables);
    const index = new NdjsonIndex(head, tables, { resumed });
    return {
      row: (row) => {
        const line = `${texts.of(row)}\n`;
        if (index.isDue()) index.mark(sink.position());
        sink.write(line);
        sink.rows += 1;
        index.add(row, line.length);
      },
      save: () => index.save(),
      end: () => {
        const file = internal(rowIndexName(tables.audience), 'application/json');
        file.write(`${JSON.stringify(index.end(sink.position()))}\n`);
        file.rows = sink.rows;
        return sink.rows;
      },
    };
  },
};
