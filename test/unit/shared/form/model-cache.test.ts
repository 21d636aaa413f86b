import { describe, expect, it } from 'vitest';
import { ModelCache } from '../../../../shared/form/model-cache.ts';
import { compileForm } from '../../../../shared/form/compile-form.ts';
import type { FormModel } from '../../../../shared/form/model.ts';

const { model } = compileForm(
  'survey',
  { survey: [{ type: 'text', name: 'a', label: 'A' }], choices: [], settings: {} },
  new Map(),
);

describe('ModelCache', () => {
  const asked: string[] = [];
  const make = (key: string) => (): Promise<FormModel> => {
    asked.push(key);
    return model === undefined ? Promise.reject(new Error('no model')) : Promise.resolve(model);
  };

  it('forgets the model that was used least recently when it is full', async () => {
    const cache = new ModelCache(2);
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.get(key, make(key));
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('does not keep a failure', async () => {
    const cache = new ModelCache(2);
    const failing = cache.get('x', () => Promise.reject(new Error('lost')));
    await expect(failing).rejects.toThrow('lost');
    expect(await cache.get('x', make('x'))).toBe(model);
  });
});
