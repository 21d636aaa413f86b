import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generated } from '../../../.ci/docs/generated.ts';

it.each(generated)('%s is as the code is now', (path, make) => {
  expect(make('.'), 'It is stale: `npm run docs` writes it.').toBe(readFileSync(path, 'utf8'));
});
