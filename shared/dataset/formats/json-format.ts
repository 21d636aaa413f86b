import type { DatasetHead } from '../versions/version-place.ts';
import type { Format } from './format.ts';
import { recordTexts } from './record-texts.ts';

export const jsonMediaType = 'application/json';

/**
 * One JSON document: answers nested as they were sent. What is known last comes last: the count, and
 * which version the public files are.
 */
export const json: Format = {
  name: 'json',
  inParts: 'append',
  open: ({ head, tables, open }) => {
    const sink = open(`${head.dataset}.json`, jsonMediaType);
    sink.write(startOfDocument(head));
    const texts = recordTexts(tables);
    return {
      row: (row) => {
        sink.write((sink.rows === 0 ? '\n' : ',\n') + texts.of(row));
        sink.rows += 1;
      },
      save: () => null,
      end: () => {
        sink.write(endOfDocument(head, sink.rows));
        return sink.rows;
      },
    };
  },
};

/** The beginning of a document of records, up to the first one. */
export function startOfDocument({ dataset, title, license }: DatasetHead): string {
  return `${JSON.stringify({ dataset, title, license }).slice(0, -1)},"records":[`;
}

export function endOfDocument({ version, cutOff }: DatasetHead, count: number): string {
  return `\n],${JSON.stringify({ count, version, cutOff }).slice(1)}\n`;
}
