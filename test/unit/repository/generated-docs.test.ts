import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generated } from '../../../.ci/docs/generated.ts';

it.each(generated)('%s is as the code is now', (path, make) => {
  expect(make('.'), 'It is stale: .ci/docs/write.ts writes it.').toBe(readFileSync(path, 'utf8'));
});
