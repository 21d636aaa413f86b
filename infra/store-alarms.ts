import { most, sum, type AlarmRow, type Watched } from './alarm-row.ts';
import { countedBy, tableMetric } from './metrics.ts';

/** What the tables cannot take. */
export function storeRows({ namespace, tables }: Watched): readonly AlarmRow[] {
  const throttled = Object.entries(tables).flatMap(([name, { tableName }]) =>
    (['Read', 'Write'] as const).map((kind): AlarmRow => ({
      name: `TableThrottled-${name}${kind}`,
      metric: tableMetric(tableName, `${kind}ThrottleEvents`, sum),
      // One by one they are repeated, and nobody notices.
      threshold: 10,
      section: 'a-table-throttles',
      says: {
        fr: `DynamoDB refuse des ${kind === 'Read' ? 'lectures' : 'écritures'} (table ${name}).`,
        en: `DynamoDB throttles ${kind === 'Read' ? 'reads' : 'writes'} (table ${name}).`,
      },
    })),
  );
  const large = (['submissions', 'openrosa'] as const).map((door): AlarmRow => ({
    name: `ItemCollection-${door}`,
    metric: countedBy(namespace, door, 'ItemCollectionGB', most),
    // At 10 GB DynamoDB takes no more: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html
    threshold: 7,
    section: 'a-shard-is-nearly-full',
    says: {
      fr: `Une partie d’une fiche a plus de 7 Go, et ne peut en avoir que 10 (${door}).`,
      en: `A shard of a form has more than 7 GB, of 10 that it can have (${door}).`,
    },
  }));
  return [...throttled, ...large];
}
