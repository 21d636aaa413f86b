import { attribute, indexes } from '../../shared/store/keys.ts';
import { laterSchema } from '../../shared/store/record-kinds.ts';
import { compareUtf8, isEmptyRange, positionKey, positionOf } from '../../shared/store/position.ts';
import { checkRecordSize, maxItemBytes, recordBytes } from '../../shared/store/record-size.ts';
import type {
  Key,
  Page,
  Position,
  Range,
  StoredRecord,
  WholeTable,
} from '../../shared/store/record-store.ts';
import { Interruptions } from './interruptions.ts';

const pageBytes = 1024 * 1024;

/** A RecordStore in memory, whose operations can be made to fail or to be overtaken. */
export class MemoryRecordStore implements WholeTable {
  readonly #interruptions: Interruptions;
  readonly #records = new Map<string, StoredRecord>();

  constructor(interruptions = new Interruptions()) {
    this.#interruptions = interruptions;
  }

  /** Everything there is, in no order: for tests to look at. */
  all(): StoredRecord[] {
    return [...this.#records.values()];
  }

  get(key: Key): Promise<StoredRecord | undefined> {
    return this.#interruptions.around(() => copyOf(this.#records.get(nameOf(key))));
  }

  put(record: StoredRecord): Promise<void> {
    return this.#interruptions.around(() => {
      const [found, schema] = [this.#records.get(nameOf(record)), record[attribute.schema]];
      if (Number(found?.[attribute.schema] ?? 0) > Number(schema ?? Infinity)) throw laterSchema();
      this.#store(record);
    });
  }

  putIfAbsent(record: StoredRecord): Promise<StoredRecord | undefined> {
    return this.#interruptions.around(() => {
      const found = this.#records.get(nameOf(record));
      if (found === undefined) this.#store(record);
      return copyOf(found);
    });
  }

  putIfRevision(record: StoredRecord, revision: number): Promise<boolean> {
    return this.#interruptions.around(() => {
      if (this.#records.get(nameOf(record))?.[attribute.revision] !== revision) return false;
      this.#store(record);
      return true;
    });
  }

  delete(key: Key): Promise<void> {
    return this.#interruptions.around(() => {
      this.#records.delete(nameOf(key));
    });
  }

  forget(): Promise<boolean> {
    return this.#interruptions.around(() => true);
  }

  query(
    range: Range,
    options: { readonly limit?: number; readonly after?: Position } = {},
  ): Promise<Page> {
    return this.#interruptions.around(() => this.#page(range, options));
  }

  /** Pages of three, so that much comes in between. */
  async *scan(): AsyncGenerator<readonly StoredRecord[]> {
    const inOrder = (one: Key, other: Key): number =>
      compare(one.pk, other.pk) || compare(one.sk, other.sk);
    let last: Key | undefined;
    for (;;) {
      const page = await this.#interruptions.around(() =>
        this.all()
          .filter((record) => last === undefined || inOrder(record, last) > 0)
          .sort(inOrder)
          .slice(0, 3)
          .map((record) => ({ ...record })),
      );
      last = page.at(-1);
      if (last === undefined) return;
      yield page;
    }
  }

  #page(range: Range, { limit, after }: { limit?: number; after?: Position }): Page {
    const direction = range.descending === true ? -1 : 1;
    const order = (one: Key & SortKey, other: Key & SortKey): number =>
      direction *
      (compare(sortKey(range, one), sortKey(range, other)) ||
        compare(one.pk, other.pk) ||
        compare(one.sk, other.sk));
    const reached = after === undefined ? undefined : positionKey(range, after);
    const found = this.all()
      .filter((record) => isIn(range, record))
      .filter((record) => reached === undefined || order(record, { ...reached }) > 0)
      .sort(order);
    const records: StoredRecord[] = [];
    let bytes = 0;
    for (const record of found) {
      const last = records.at(-1);
      if (last !== undefined && (records.length === limit || bytes >= pageBytes)) {
        return { records, next: positionOf(range, last) };
      }
      records.push({ ...record });
      bytes += recordBytes(record);
    }
    return { records };
  }

  #store(record: StoredRecord): void {
    checkRecordSize(record, maxItemBytes);
    this.#records.set(nameOf(record), { ...record });
  }
}

/** Bytes are compared only where UTF-16 sorts otherwise: tests would take ten times as long. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  if (/[\ud800-\uffff]/.test(one + other)) return compareUtf8(one, other);
  return one < other ? -1 : 1;
}

type SortKey = Readonly<Record<string, string | number | boolean>>;

function sortKey(range: Range, record: Key & SortKey): string {
  return String(range.index === undefined ? record.sk : record[attribute.at]);
}

function isIn(range: Range, record: StoredRecord): boolean {
  const partition = range.index === undefined ? attribute.pk : indexes[range.index].partition;
  if (record[partition] !== range.partition || isEmptyRange(range)) return false;
  if (range.index !== undefined && record[attribute.at] === undefined) return false;
  const key = sortKey(range, record);
  return (
    (range.from === undefined || compare(key, range.from) >= 0) &&
    (range.to === undefined || compare(key, range.to) <= 0)
  );
}

function nameOf({ pk, sk }: Key): string {
  return JSON.stringify([pk, sk]);
}

function copyOf(record: StoredRecord | undefined): StoredRecord | undefined {
  return record === undefined ? undefined : { ...record };
}
