import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { roleTable } from '../../../../shared/http/role-table.ts';
import { routes } from '../../../../shared/http/routes.ts';

const page = new URL('../../../../docs/api.md', import.meta.url);

describe('the table of who may call what', () => {
  it('has a row for each route', () => {
    expect(roleTable().split('\n')).toHaveLength(routes.length + 2);
  });

  it('stands in docs/api.md as it is made from the routes', async () => {
    expect(
      await readFile(page, 'utf8'),
      'Put this into docs/api.md instead of its table.',
    ).toContain(`\n${roleTable()}\n`);
  });
});
