import { describe, expect, it } from 'vitest';
import { operationsTable } from '../../../local/operations-table.ts';
import { generatedParts, madeAgain } from '../../../local/write-docs.ts';
import { operations } from '../../../shared/http/operations/table.ts';

describe('what documents take from the code', () => {
  it.each(generatedParts.map((part) => [part.name, part] as const))(
    'stands there as npm run docs writes it: %s',
    async (_, part) => {
      const { before, after } = await madeAgain(part);
      expect(before, 'npm run docs').toBe(after);
    },
  );

  it('has a row for each operation', () => {
    expect(operationsTable().split('\n')).toHaveLength(operations.length + 2);
  });
});
