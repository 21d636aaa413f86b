import { describe, expect, it } from 'vitest';
import { compileAll } from '../../../../../shared/dataset/publish/compile-all.ts';
import type { ObjectBody, ObjectHeaders } from '../../../../../shared/objects/object-store.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { MemoryObjectStore } from '../../../../support/memory-object-store.ts';

/** A store that fails in the middle of a file, and leaves it to whoever wrote it to notice. */
class BreakingStore extends MemoryObjectStore {
  breaks = '';

  override async put(key: string, body: ObjectBody, headers: ObjectHeaders) {
    if (this.breaks === '' || !key.endsWith(this.breaks)) return super.put(key, body, headers);
    if (!(body instanceof Uint8Array)) await body[Symbol.asyncIterator]().next();
    throw new Error(`${this.breaks} broke.`);
  }
}

describe('a publish whose archive breaks in the middle', () => {
  it.each(['coordinator/f.xlsx', 'members/f.xlsx', 'coordinator/f.csv.zip'])(
    'fails and leaves the version before: %s',
    async (file) => {
      const world = new DatasetWorld();
      const objects = new BreakingStore();
      const deps = { ...world.deps, objects };
      const text = (name: string) => ({ type: 'text', name, label: name, visibility: 'members' });
      await world.publishForm('f', {
        survey: [
          text('q'),
          { type: 'begin repeat', name: 'r', label: 'R' },
          text('x'),
          { type: 'end repeat', name: '', label: '' },
        ],
        choices: [],
        settings: { form_title: 'F', version: '1' },
      });
      const put = async (index: number) =>
        world.put('f', `instance-${index}`, {
          q: `${index} `.repeat(500),
          r: [{ x: `${index} `.repeat(200) }],
        });
      await put(0);
      await compileAll(deps);
      const before = objects.keys();
      for (let index = 1; index < 900; index += 1) await put(index);
      objects.breaks = file;
      await expect(compileAll(deps)).rejects.toThrow();
      const kept = objects.keys().filter((key) => before.includes(key));
      expect(kept).toEqual(before);
      const manifests = objects.keys().filter((key) => /^datasets\/f\/.*manifest/.test(key));
      expect(manifests).toHaveLength(1);
      objects.breaks = '';
      await compileAll(deps);
      expect(objects.keys().filter((key) => key.endsWith(file))).toHaveLength(2);
    },
  );
});
