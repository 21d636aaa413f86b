import { jsonText } from '../cell-text.ts';
import { nestedAnswers } from '../nested-answers.ts';
import type { DatasetHead, Format } from './format.ts';

export const jsonMediaType = 'application/json';

/**
 * One JSON document: answers nested as they were sent. `count` comes last, since it is known last.
 */
export const json: Format = {
  name: 'json',
  open: ({ head, tables, open }) => {
    const sink = open(`${head.dataset}.json`, jsonMediaType);
    sink.write(startOfDocument(head));
    const meta = tables.meta.map(({ member, json: value }) => ({
      start: `${jsonText(member)}:`,
      value,
    }));
    const whole = tables.audience === 'coordinator';
    return {
      row: (row) => {
        let text = sink.rows === 0 ? '\n{' : ',\n{';
        for (const { start, value } of meta) text += `${start}${value(row)},`;
        const answers = whole ? row.answersText : nestedAnswers(row.view.members, row.instance);
        sink.write(`${text}"answers":${answers}}`);
        sink.rows += 1;
      },
      end: () => {
        sink.write(endOfDocument(sink.rows));
        return sink.rows;
      },
    };
  },
};

/** The beginning of a document of records, up to the first one. */
export function startOfDocument(head: DatasetHead): string {
  return `${JSON.stringify({ ...head }).slice(0, -1)},"records":[`;
}

export function endOfDocument(count: number): string {
  return `\n],"count":${count}}\n`;
}
