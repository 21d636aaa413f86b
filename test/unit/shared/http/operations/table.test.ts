import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../../../infra/repository-root.ts';
import { requestSchemaOf } from '../../../../../shared/http/endpoint.ts';
import { matchRoute } from '../../../../../shared/http/match-route.ts';
import type {
  OperationRow,
  SuccessfulResponse,
} from '../../../../../shared/http/operations/operation.ts';
import * as responseSchemas from '../../../../../shared/http/operations/response-schemas.ts';
import { operations } from '../../../../../shared/http/operations/table.ts';

const rows = operations.map((row): [string, OperationRow] => [row.operation, row]);
const isText = (type: string) => /^application\/(json|yaml)$/.test(type);

describe('the table of operations', () => {
  it('names each operation once', () => {
    expect(new Set(rows.map(([name]) => name)).size).toBe(rows.length);
  });

  it('brings no schema to who reads addresses and rights only', async () => {
    const { metafile } = await build({
      absWorkingDir: repositoryRoot,
      entryPoints: ['shared/http/operations/table.ts'],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.length).toBeGreaterThan(8);
    expect(inputs.filter((path) => !path.startsWith('shared/http/operations/'))).toEqual([]);
    expect(inputs.filter((path) => path.includes('schemas'))).toEqual([]);
  });
});

describe('the example of an operation', () => {
  it.each(rows)('is a request that is taken: %s', (_, row) => {
    const { pathname, searchParams } = new URL(row.example.url, 'https://fiche.example.org');
    const { route, parameters } = matchRoute(row.method, pathname);
    expect(route).toBe(row);
    const schema = requestSchemaOf(row);
    schema.path.parse(parameters);
    schema.query.parse(Object.fromEntries(searchParams));
    expect('body' in row.example).toBe(row.accepts?.some(isText) ?? false);
    if ('body' in row.example) {
      schema.body.parse(row.example.body);
      row.described?.(responseSchemas).parse(row.example.body);
    }
  });

  it.each(rows)('is answered as its row says: %s', (_, row) => {
    const json = Object.values<SuccessfulResponse>(row.responses).filter(
      (response) => typeof response === 'function',
    );
    expect('answer' in row.example).toBe(json.length > 0);
    if (!('answer' in row.example)) return;
    for (const response of json) response(responseSchemas).parse(row.example.answer);
  });
});
