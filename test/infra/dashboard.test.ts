import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { functionNames } from '../../infra/functions.ts';
import { resourcesOf, synthesise } from './synthesise.ts';

const Widget = z.object({
  type: z.string(),
  width: z.int(),
  properties: z.object({
    title: z.string().optional(),
    markdown: z.string().optional(),
    metrics: z.array(z.unknown()).optional(),
    alarms: z.array(z.string()).optional(),
  }),
});
const Joined = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });

function widgetsOf(context: Readonly<Record<string, string>> = {}): z.infer<typeof Widget>[] {
  const [dashboard] = resourcesOf(
    synthesise(context).service,
    'AWS::CloudWatch::Dashboard',
  ).values();
  const [, parts] = Joined.parse(dashboard?.Properties['DashboardBody'])['Fn::Join'];
  const body = parts.map((part) => (typeof part === 'string' ? part : 'known-when-deployed'));
  return z.object({ widgets: z.array(Widget) }).parse(JSON.parse(body.join(''))).widgets;
}

const widgets = widgetsOf();
const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);
const text = JSON.stringify(widgets);

describe('the dashboard', () => {
  it('says first whether all is well, by every alarm there is', () => {
    const [top, status] = widgets;
    expect(top?.properties.markdown).toContain('docs/operations.md');
    expect(status?.type).toBe('alarm');
    const alarms = resourcesOf(synthesise().service, 'AWS::CloudWatch::Alarm');
    expect(status?.properties.alarms).toHaveLength(alarms.size);
  });

  it.each(['Accepted', 'Replayed', 'Refused', 'Conflict', 'CanaryFailed', 'CanaryMs'])(
    'shows what functions count: %s',
    (name) => {
      expect(text).toContain(`"Fiche","${name}"`);
    },
  );

  it.each([
    'ExecutionsSucceeded',
    'ExecutionTime',
    'Latency',
    '5xx',
    'ConsumedWriteCapacityUnits',
    'WriteThrottleEvents',
  ])('shows what AWS counts: %s', (name) => {
    expect(text).toContain(`"${name}"`);
  });

  it.each(functionNames)('shows how long it takes and how often it fails: %s', (name) => {
    expect(text.split(`"label":"${name}"`)).toHaveLength(3);
  });

  it('is read in French first, with English beside', () => {
    const titles = widgets.flatMap(({ properties }) => properties.title ?? []);
    expect(titles).not.toEqual([]);
    for (const title of titles) expect(title).toMatch(/^\S.* \/ \S/);
  });

  // https://aws.amazon.com/cloudwatch/pricing/: three dashboards of at most 50 metrics are free.
  it('costs nothing', () => {
    expect(metrics.length).toBeGreaterThan(20);
    expect(metrics.length).toBeLessThanOrEqual(50);
  });

  it('shows no canary where there is none', () => {
    expect(JSON.stringify(widgetsOf({ canaryEvery: '0' }))).not.toContain('CanaryMs');
  });
});
