/**
 * What a year's busiest minute asks of each partition of DynamoDB. The keys and the records are the
 * real ones; what a write costs is DynamoDB's rule. `node test/bench/key-traffic.ts` prints the table
 * of docs/scale.md.
 */
import { FormId, InstanceId, OrgId } from '../../shared/ids.ts';
import { attribute, shardOf } from '../../shared/store/keys.ts';
import type { StoredRecord } from '../../shared/store/record-store.ts';
import { toHead, toHistory } from '../../shared/submission/records/head-record.ts';
import type { Submission, SubmissionState } from '../../shared/submission/records/submission.ts';
import { unitsOfWrite, type WriteUnits } from './write-units.ts';

export interface Traffic {
  readonly shards: number;
  /** New submissions a second, on average. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Characters of a submission's answers. */
  readonly answers: number;
  /** Who sends: the n-th organisation sends 1/n of what the first does. 1: a form for anyone. */
  readonly organisations: number;
  readonly seed: number;
}

/** The most that one partition was asked for in one second, in WCU. */
export interface Peaks {
  readonly table: number;
  readonly byOrganisation: number;
  readonly inbox: number;
  /** All partitions of the table together, without its global indexes. */
  readonly all: number;
}

/** Of 100 new submissions so many are sent twice, and so many others edited or reviewed meanwhile. */
const shares = { replayed: 0.1, edited: 0.1, reviewed: 0.02 };
/** Records that were there before: what is edited and reviewed. */
const before = 5_000;
const receivedAt = '2026-11-22T12:00:00.000Z';
const changedAt = '2026-11-22T23:59:00.000Z';

/**
 * Plays the traffic, second by second. The table's partitions answer for their local index, too:
 * a record and its entry in `byTime` are one item collection.
 */
export function playTraffic(traffic: Traffic): Peaks {
  const random = mulberry(traffic.seed);
  const pick = organisationPicker(traffic.organisations, random);
  const answers = 'x'.repeat(traffic.answers);
  const make = (number: number, state: SubmissionState, revision: number): StoredRecord => {
    const instanceId = InstanceId.parse(`uuid:${hex(random)}${String(number).padStart(12, '0')}`);
    return headOf(traffic, instanceId, pick(), answers, state, revision);
  };
  const known = Array.from({ length: before }, (_, number) => make(number, 'received', 1));
  const peaks = { table: 0, byOrganisation: 0, inbox: 0, all: 0 };
  let next = before;
  for (let second = 0; second < traffic.seconds; second += 1) {
    const meter = new Meter();
    for (let left = poisson(traffic.perSecond, random); left > 0; left -= 1) {
      const created = make((next += 1), 'received', 1);
      meter.replace(undefined, created);
      if (random() < shares.replayed) meter.refuse(created);
      const old = known[Math.floor(random() * before)] ?? created;
      if (random() < shares.edited) meter.replace(old, { ...old, at: changedAt, revision: 2 });
      if (random() < shares.reviewed) meter.replace(old, accepted(old));
    }
    for (const kind of ['table', 'byOrganisation', 'inbox', 'all'] as const) {
      peaks[kind] = Math.max(peaks[kind], meter.most(kind));
    }
  }
  return peaks;
}

function headOf(
  { shards }: Traffic,
  instanceId: InstanceId,
  organisation: string,
  answers: string,
  state: SubmissionState,
  revision: number,
): StoredRecord {
  const submission: Submission = {
    formId: FormId.parse('deadline'),
    instanceId,
    revision,
    state,
    organisation: OrgId.parse(organisation),
    formVersion: '2026-1',
    receivedAt,
    updatedAt: receivedAt,
    answers,
    contentHash: '0'.repeat(64),
    actHash: '0'.repeat(64),
    by: 'token-of-an-organisation',
    issues: [],
    attachments: [],
    missing: [],
  };
  return toHead(submission, shardOf(instanceId, shards));
}

/** Reviewed: it leaves the index of what waits. */
function accepted(head: StoredRecord): StoredRecord {
  const reviewed = Object.entries(head).filter(([name]) => name !== attribute.inboxKey);
  return {
    ...Object.fromEntries(reviewed),
    pk: head.pk,
    sk: head.sk,
    at: changedAt,
    revision: 2,
    state: 'accepted',
  };
}

/** Adds up, for one second, what DynamoDB would count of each partition. */
class Meter {
  readonly #units = {
    table: new Map<string, number>(),
    byOrganisation: new Map<string, number>(),
    inbox: new Map<string, number>(),
  };
  #all = 0;

  /** A head is put, and its history before it. */
  replace(old: StoredRecord | undefined, now: StoredRecord): void {
    if (old !== undefined) this.#write(unitsOfWrite(undefined, toHistory(old)), now, now);
    this.#write(unitsOfWrite(old, now), old ?? now, now);
  }

  /** A conditional put that fails is paid for, too. */
  refuse(head: StoredRecord): void {
    this.#add('table', head.pk, unitsOfWrite(head, head).table);
  }

  most(kind: keyof Peaks): number {
    return kind === 'all' ? this.#all : Math.max(0, ...this.#units[kind].values());
  }

  /** What goes from one partition of an index to another is counted in both; here it never does. */
  #write(units: WriteUnits, old: StoredRecord, now: StoredRecord): void {
    this.#add('table', now.pk, units.table + units.byTime);
    for (const [index, key] of [
      ['byOrganisation', attribute.orgKey],
      ['inbox', attribute.inboxKey],
    ] as const) {
      const partition = now[key] ?? old[key];
      if (typeof partition === 'string') this.#add(index, partition, units[index]);
    }
  }

  #add(kind: 'table' | 'byOrganisation' | 'inbox', partition: string, units: number): void {
    const counted = this.#units[kind];
    counted.set(partition, (counted.get(partition) ?? 0) + units);
    if (kind === 'table') this.#all += units;
  }
}

/** https://github.com/bryc/code/blob/master/jshash/PRNGs.md: small, and the same everywhere. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The normal approximation: means are in the thousands. */
function poisson(mean: number, random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
}

function hex(random: () => number): string {
  return Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
}

/** Zipf's law, by halving the interval. */
function organisationPicker(count: number, random: () => number): () => string {
  const sums: number[] = [];
  let total = 0;
  for (let number = 1; number <= count; number += 1) sums.push((total += 1 / number));
  return () => {
    const at = random() * total;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return `ong-${low}`;
  };
}

/** 10⁸ a year, 30 % of them in the hour before a deadline, and twice the hour's mean in its last minute. */
export const deadline = { perSecond: (2 * 0.3 * 1e8) / 3600, answers: 1_000, seed: 1 };

if (import.meta.main) {
  const rows = [4, 16, 64, 128, 256].flatMap((shards) =>
    [5_000, 1].map((organisations) => {
      const peaks = playTraffic({ ...deadline, shards, organisations, seconds: 3 });
      return `| ${shards} | ${organisations} | ${peaks.table} | ${peaks.byOrganisation} | ${peaks.inbox} | ${peaks.all} |`;
    }),
  );
  process.stdout.write(`${rows.join('\n')}\n`);
}
