import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { functionNames } from '../../infra/functions.ts';
import { resourcesOf, synthesise } from './synthesise.ts';

const { service } = synthesise();

const Alarm = z.object({
  AlarmDescription: z.string(),
  MetricName: z.string(),
  TreatMissingData: z.string(),
});
const alarms = [...resourcesOf(service, 'AWS::CloudWatch::Alarm').values()].map(({ Properties }) =>
  Alarm.parse(Properties),
);

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the alarms', () => {
  it.each(alarms)(
    'tell what happened and where it is written what to do: $AlarmDescription',
    ({ AlarmDescription }) => {
      const [, page = '', anchor] =
        /What to do: (docs\/\w+\.md)#([\w-]+)$/.exec(AlarmDescription) ?? [];
      expect(anchorsOf(page)).toContain(anchor);
    },
  );

  it.each([
    '5xx',
    'Drift',
    'ExecutionsFailed',
    'ExecutionsTimedOut',
    'ApproximateNumberOfMessagesVisible',
  ])('watch %s', (metric) => {
    expect(alarms.map(({ MetricName }) => MetricName)).toContain(metric);
  });

  it.each(functionNames)('watch the errors of %s', (name) => {
    expect(alarms.filter(({ MetricName }) => MetricName === 'Errors')).toContainEqual(
      expect.objectContaining({ AlarmDescription: expect.stringContaining(` ${name} `) as string }),
    );
  });

  it('take silence for good news', () => {
    for (const { TreatMissingData } of alarms) expect(TreatMissingData).toBe('notBreaching');
  });
});
