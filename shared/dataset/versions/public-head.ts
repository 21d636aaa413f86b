import { createHash } from 'node:crypto';
import type { Translations } from '../../text.ts';
import type { AudienceTables } from '../rows/audience-row.ts';
import type { Manifest } from './version-manifest.ts';
import { ResumableSha256, type HashState } from './resumable-sha256.ts';
import type { VersionPlace, DatasetHead } from './version-place.ts';

/** What public files call their version, and the day of the last public change (ISO 8601). */
export type PublicVersion = Pick<DatasetHead, 'version' | 'cutOff'>;

/**
 * The head of public files. Their version is a hash of what they show, and their cut-off is the day of
 * its last change: neither discloses when something happened that they do not show. Both are known once all
 * is signed; who has read one may sign no more (TypeError).
 */
export class PublicHead implements DatasetHead {
  readonly dataset: string;
  readonly title: DatasetHead['title'];
  readonly license: DatasetHead['license'];
  readonly #before: Manifest | undefined;
  readonly #day: string;
  readonly #hash: Pick<ResumableSha256, 'update' | 'digest'>;
  readonly #resumable: ResumableSha256 | undefined;
  #made: PublicVersion | undefined;

  private constructor(
    head: DatasetHead,
    before: Manifest | undefined,
    { inParts, state }: { readonly inParts: boolean; readonly state?: HashState | undefined },
  ) {
    this.dataset = head.dataset;
    this.title = head.title;
    this.license = head.license;
    this.#before = before;
    this.#day = head.cutOff.slice(0, 10);
    this.#resumable = inParts ? new ResumableSha256(state) : undefined;
    this.#hash = this.#resumable ?? nativeHash();
    if (state === undefined) this.sign(JSON.stringify([head.dataset, head.title, head.license]));
  }

  /** `state`: of what the parts before have signed, of a dataset that is made in parts. */
  static async open(
    head: DatasetHead,
    { before }: Pick<VersionPlace, 'before'>,
    state: { readonly inParts: boolean; readonly state?: HashState | undefined } = {
      inParts: false,
    },
  ): Promise<PublicHead> {
    return new PublicHead(head, await before.manifest(), state);
  }

  /** Takes something in that the files show. */
  sign(text: string): void {
    if (this.#made !== undefined)
      throw new TypeError('The version of public files is known already.');
    this.#hash.update(Buffer.from(text));
  }

  /** What the next part goes on with. */
  save(): HashState | null {
    return this.#resumable?.save() ?? null;
  }

  get version(): string {
    return this.#make().version;
  }

  get cutOff(): string {
    return this.#make().cutOff;
  }

  #make(): PublicVersion {
    if (this.#made !== undefined) return this.#made;
    const version = this.#hash.digest().slice(0, 16);
    const before = this.#before?.audiences.public;
    const days = [before?.cutOff ?? '', this.#day];
    const last = days.reduce((one, other) => (one < other ? other : one));
    const cutOff = before?.version === version ? (before.cutOff ?? last) : last;
    return (this.#made = { version, cutOff });
  }
}

/** To be kept in the manifest. */
export function publicVersion({ version, cutOff }: PublicHead): PublicVersion {
  return { version, cutOff };
}

function nativeHash(): Pick<ResumableSha256, 'update' | 'digest'> {
  const hash = createHash('sha256');
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    digest: () => hash.digest('hex'),
  };
}

/** All that files say of their tables, beside the rows. */
export function tablesText({ meta, main, repeats, languages }: AudienceTables): string {
  const columns = [main, ...repeats].map(({ scope, columns: of }) => [
    scope.name,
    of.map(({ header, kind, cell, label, choices, field: { question, current } }) => [
      header,
      kind,
      cell ?? '',
      entriesOf(label),
      [...choices].map(([code, choice]) => [code, entriesOf(choice.label)]),
      [(current ?? question).type, (current ?? question).hxl ?? ''],
      entriesOf((current ?? question).hint),
    ]),
  ]);
  return JSON.stringify([meta.map(({ header, kind }) => [header, kind]), columns, languages]);
}

function entriesOf(texts: Translations): readonly (readonly [string, string])[] {
  return [...texts];
}
