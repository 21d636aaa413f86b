/** What a deployment costs by the month: prices, quantities, and the table of docs/cost.md. */

interface Price {
  /** US dollars for so many units. */
  readonly usd: number;
  readonly per: number;
  readonly unit: string;
  /** Units a month that nobody ever pays. */
  readonly free?: number;
  readonly source: string;
  /** `page`: found on a page of 2025 or 2026; `memory`: list prices as known in early 2026, not looked up. */
  readonly known: 'page' | 'memory';
}

const aws = (page: string): string => `https://aws.amazon.com/${page}/pricing/`;

/** List prices of us-east-1. Other regions cost up to a quarter more. */
export const prices = {
  'Requests to the API': {
    usd: 1,
    per: 1e6,
    unit: 'requests',
    source: aws('api-gateway'),
    known: 'memory',
  },
  'Functions: starts': {
    usd: 0.2,
    per: 1e6,
    unit: 'invocations',
    free: 1e6,
    source: aws('lambda'),
    known: 'page',
  },
  'Functions: time (arm64)': {
    usd: 0.0000133334,
    per: 1,
    unit: 'GB-s',
    free: 400_000,
    source: aws('lambda'),
    known: 'page',
  },
  'Tables: writes': {
    usd: 0.625,
    per: 1e6,
    unit: 'WCU',
    source: aws('dynamodb'),
    known: 'page',
  },
  'Tables: reads': {
    usd: 0.125,
    per: 1e6,
    unit: 'RCU',
    source: aws('dynamodb'),
    known: 'page',
  },
  'Tables: storage': {
    usd: 0.25,
    per: 1,
    unit: 'GB',
    free: 25,
    source: aws('dynamodb'),
    known: 'memory',
  },
  'Tables: point-in-time recovery': {
    usd: 0.2,
    per: 1,
    unit: 'GB',
    source: aws('dynamodb'),
    known: 'memory',
  },
  'Files: puts': {
    usd: 0.005,
    per: 1000,
    unit: 'requests',
    source: aws('s3'),
    known: 'memory',
  },
  'Files: storage': {
    usd: 0.023,
    per: 1,
    unit: 'GB',
    source: aws('s3'),
    known: 'memory',
  },
  'State machine': {
    usd: 0.025,
    per: 1000,
    unit: 'transitions',
    free: 4000,
    source: aws('step-functions'),
    known: 'memory',
  },
  Schedules: {
    usd: 1,
    per: 1e6,
    unit: 'starts',
    free: 14e6,
    source: aws('eventbridge'),
    known: 'memory',
  },
  Logs: {
    usd: 0.53,
    per: 1,
    unit: 'GB in, kept a month',
    free: 5,
    source: aws('cloudwatch'),
    known: 'page',
  },
  Alarms: {
    usd: 0.1,
    per: 1,
    unit: 'alarms',
    free: 10,
    source: aws('cloudwatch'),
    known: 'page',
  },
  'Metrics of our own': {
    usd: 0.3,
    per: 1,
    unit: 'metrics',
    free: 10,
    source: aws('cloudwatch'),
    known: 'page',
  },
  Dashboard: {
    usd: 3,
    per: 1,
    unit: 'dashboards',
    free: 3,
    source: aws('cloudwatch'),
    known: 'page',
  },
  'CloudFront: requests': {
    usd: 0.01,
    per: 10_000,
    unit: 'requests',
    free: 10e6,
    source: aws('cloudfront'),
    known: 'memory',
  },
  'CloudFront: bytes': {
    usd: 0.085,
    per: 1,
    unit: 'GB',
    free: 1024,
    source: aws('cloudfront'),
    known: 'memory',
  },
} as const satisfies Record<string, Price>;

export type Line = keyof typeof prices;

export interface Deployment {
  /** Submissions of 3 KB a month, each reviewed once; there have been as many for a year. */
  readonly submissions: number;
  /** Minutes. */
  readonly compileEvery: number;
  readonly canaryEvery: number;
  readonly keepVersions: number;
  readonly keepDays: number;
  readonly alarms: number;
}

const minutesAMonth = 730 * 60;
const days = 30.4;
/** The built-in forms with four shards each, and the datasets made of all. */
const network = { forms: 8, shards: 32, derived: 6 } as const;
/** Requests for one submission, from the form to the last look at it: docs/cost.md says which. */
const requestsEach = 8;
/** Of one visit of the canary. */
const requestsOfCanary = 7;
/** A door, 1 GB: 60 ms, and one start in twenty that takes 0.8 s longer. */
const secondsOfRequest = 0.1;
/** A function of a compile that finds nothing to do, and its memory. */
const idle = { seconds: 0.3, gb: 1.73 } as const;
/** docs/scale.md: rows published a second; bytes of all files for one row; units of table storage. */
const scale = { rowsPerSecond: 3000, versionKB: 11.5, recordKB: 7 } as const;
/** DynamoDB: docs/scale.md, for 3 KB: the submission, then its review. */
const writes = 7 + 13;
/** The token, its organisation, the form, the head: strongly consistent, 4 KB each at most. */
const readsOfRequest = 4;
/** Counted on one machine: objects that a compile writes after one form has changed. */
const objectsOfCompile = 124;
/** Access log, the line `done`, a metric, and Lambda's own three. */
const logKB = 1.5;

/** How much of everything a deployment uses by the month. */
export function usageOf(deployment: Deployment): Readonly<Record<Line, number>> {
  const { submissions, compileEvery, canaryEvery, keepVersions, keepDays, alarms } = deployment;
  const compiles = minutesAMonth / compileEvery;
  const changing = Math.min(compiles, submissions);
  const visits = canaryEvery === 0 ? 0 : minutesAMonth / canaryEvery;
  const requests = submissions * requestsEach + visits * requestsOfCanary;
  const steps = network.shards + network.forms + network.derived;
  const checks = days * (steps + 1);
  const rows = 12 * submissions;
  const publishing = (changing * rows) / scale.rowsPerSecond;
  const nightly = (days * rows) / scale.rowsPerSecond;
  const versions = Math.min(changing * 12, keepVersions + Math.min(keepDays, 12 * changing));
  const invocations = requests + compiles * (steps + 2) + checks + visits;
  const storedGB = (rows * scale.recordKB) / 1e6;
  return {
    'Requests to the API': requests,
    'Functions: starts': invocations,
    'Functions: time (arm64)':
      requests * secondsOfRequest +
      compiles * steps * idle.seconds * idle.gb +
      (publishing + nightly) * idle.gb,
    'Tables: writes': submissions * writes + visits * 2 * writes,
    'Tables: reads': requests * readsOfRequest + compiles * network.shards * 3 + days * rows,
    'Tables: storage': storedGB,
    'Tables: point-in-time recovery': storedGB,
    'Files: puts': changing * objectsOfCompile,
    'Files: storage': (rows * scale.versionKB * versions) / 1e6,
    'State machine':
      compiles * (7 + network.shards * 2 + (network.forms + network.derived) * 3) + checks * 2,
    Schedules: compiles + days + visits,
    Logs: (invocations * logKB) / 1e6,
    Alarms: alarms,
    // Accepted, replayed and refused at two doors, refused at two more, two of the canary.
    'Metrics of our own': 10,
    Dashboard: 1,
    'CloudFront: requests': 10_000 + submissions * 10,
    'CloudFront: bytes': ((10_000 + submissions * 10) * 20) / 1e6,
  };
}

/** US dollars of one line; with `free`, after what nobody ever pays. */
export function costOf(line: Line, units: number, free: boolean): number {
  const price: Price = prices[line];
  const paid = free ? Math.max(0, units - (price.free ?? 0)) : units;
  return (paid / price.per) * price.usd;
}

export const lines = Object.keys(prices).filter((line): line is Line => line in prices);

export function totalOf(deployment: Deployment, free: boolean): number {
  const usage = usageOf(deployment);
  return lines.reduce((sum, line) => sum + costOf(line, usage[line], free), 0);
}
