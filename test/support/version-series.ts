import type { Built } from '../../shared/dataset/build/form-dataset.ts';
import { buildFormDataset } from '../../shared/dataset/build/form-dataset.ts';
import { readFormInput } from '../../shared/dataset/rows/form-rows.ts';
import { json } from '../../shared/dataset/formats/json-format.ts';
import { Manifest, versionFileKey } from '../../shared/dataset/versions/version-manifest.ts';
import { VersionWriter } from '../../shared/dataset/versions/version-writer.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { DatasetWorld } from './dataset-world.ts';

/** A version as one who downloads it sees it. */
export interface SeenVersion {
  /** Public records by their public id. */
  readonly records: ReadonlyMap<string, JsonObject>;
  readonly built: Built;
}

/** Versions of a form's dataset, one after another, in JSON alone: much faster than whole compiles. */
export class VersionSeries {
  readonly #world: DatasetWorld;
  readonly #formId: string;
  #manifest: Manifest | undefined;
  #number = 0;

  constructor(world: DatasetWorld, formId: string) {
    this.#world = world;
    this.#formId = formId;
  }

  /** Makes the next version, or the last one again. */
  async make({ again = false }: { readonly again?: boolean } = {}): Promise<SeenVersion> {
    const { deps, objects } = this.#world;
    await this.#world.collectAll(this.#formId);
    const input = await readFormInput(deps, await deps.forms.record(this.#formId));
    if (input === undefined) throw new Error('Nothing was collected.');
    const previous = this.#manifest;
    if (!again) this.#number += 1;
    const version = `v${this.#number}`;
    const [dataset, cutOff] = [this.#formId, '2026-01-15T09:00:00.000Z'];
    const read = async (owner: 'internal' | 'public', file: string) =>
      previous === undefined
        ? undefined
        : objects.get(versionFileKey(dataset, previous.version, owner, file));
    const before = {
      again,
      read: (file: string) => read('internal', file),
      readPublic: (file: string) => read('public', file),
      manifest: () => Promise.resolve(previous),
    };
    const files = new VersionWriter(objects, dataset, version);
    const place = { dataset, version, cutOff, before };
    const built = await buildFormDataset(deps, input, place, files, [json]);
    const { audiences, internal } = await files.finish(built.rows);
    this.#manifest = Manifest.parse({
      dataset,
      version,
      cutOff,
      createdAt: cutOff,
      forms: [],
      audiences,
      previous: previous?.version ?? null,
      withheld: built.withheld,
      risk: built.risk ?? null,
      omitted: [],
      internal: [...internal],
    });
    return { records: await this.#publicRecords(version), built };
  }

  async #publicRecords(version: string): Promise<ReadonlyMap<string, JsonObject>> {
    const dataset = this.#formId;
    if (this.#manifest?.audiences.public === undefined) return new Map();
    const text = await this.#world.read(
      versionFileKey(dataset, version, 'public', `${dataset}.json`),
    );
    const { records } = JSON.parse(text) as { records: (JsonObject & { id: string })[] };
    return new Map(records.map((record) => [record.id, record]));
  }
}
