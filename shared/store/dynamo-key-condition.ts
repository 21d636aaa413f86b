import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { toItem, type Item } from './dynamo-attributes.ts';
import { attribute, indexes } from './keys.ts';
import { positionKey } from './position.ts';
import type { Position, Range } from './record-store.ts';

/** A range as a Query says it. */
export function keyCondition(range: Range): Partial<QueryCommandInput> {
  const { partition, sort } =
    range.index === undefined
      ? { partition: attribute.pk, sort: attribute.sk }
      : indexes[range.index];
  const { from, to } = range;
  const bounds =
    from !== undefined && to !== undefined
      ? ' AND #sort BETWEEN :from AND :to'
      : from !== undefined
        ? ' AND #sort >= :from'
        : to !== undefined
          ? ' AND #sort <= :to'
          : '';
  return {
    ...(range.index !== undefined && { IndexName: range.index }),
    KeyConditionExpression: `#partition = :partition${bounds}`,
    ExpressionAttributeNames: {
      '#partition': partition,
      ...(bounds !== '' && { '#sort': sort }),
    },
    ExpressionAttributeValues: {
      ':partition': { S: range.partition },
      ...(from !== undefined && { ':from': { S: from } }),
      ...(to !== undefined && { ':to': { S: to } }),
    },
  };
}

/** Where a Query goes on. Throws Fault `malformed-request` for a position that is none of this range. */
export function startKey(range: Range, after: Position): Item {
  const { pk, sk, at } = positionKey(range, after);
  const key = toItem({ pk, sk });
  if (range.index === undefined || at === undefined) return key;
  return {
    ...key,
    [attribute.at]: { S: at },
    [indexes[range.index].partition]: { S: range.partition },
  };
}
