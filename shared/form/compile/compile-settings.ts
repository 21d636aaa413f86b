import { isWhole, oneWord, readYesNo } from './cell-values.ts';
import { settingColumns } from './columns.ts';
import type { FormIssues } from '../form-issues.ts';
import type { FormMessageCode } from '../form-messages.ts';
import { isDate } from '../types/iso-dates.ts';
import { publicMetadata, type FormSettings, type AttachmentLimits } from '../model.ts';
import { readNamespaces } from '../namespaces.ts';
import { isName } from './node-names.ts';
import type { ParseCell } from './parse-cell.ts';
import type { SheetRow } from './read-sheet.ts';

interface SettingsContext {
  readonly formId: string;
  /** Makes the version of a form that states none. */
  readonly version: () => string;
  readonly defaultLanguage: string;
  readonly parse: ParseCell;
  readonly issues: FormIssues;
}

const license = /^(?:[A-Za-z0-9][A-Za-z0-9.+-]{0,63}|https:\/\/[^\s<>"]{1,300})$/;
/** A smaller `k` must be confirmed by `low_k`: of two who are alike each knows the other. */
const leastUnconfirmedK = 3;

type CheckedSettingCode =
  | 'bad-due'
  | 'bad-license'
  | 'bad-version'
  | 'bad-k'
  | 'bad-max-suppressed'
  | 'bad-max-risk'
  | 'bad-shards';

/** Reads the settings sheet. Consent and geometry are checked later, against the questions. */
export function compileSettings(row: SheetRow, context: SettingsContext): FormSettings {
  const { issues, defaultLanguage } = context;
  const checked = (
    column: string,
    code: CheckedSettingCode,
    fits: (text: string) => boolean,
  ): string | undefined => {
    const text = row.text(column);
    if (text === '') return undefined;
    if (fits(text)) return text;
    issues.add(code, row.place(column), text);
    return undefined;
  };
  const word = <Word extends string>(
    column: string,
    words: readonly Word[],
    code: 'bad-audience' | 'bad-review' | 'bad-expected',
  ): Word | undefined => oneWord(row.text(column), words, code, row.place(column), issues);

  const idColumn = row.has('form_id') ? 'form_id' : 'id_string';
  const formId = row.text(idColumn);
  if (formId !== '' && formId !== context.formId) {
    issues.add('form-id-differs', row.place(idColumn), formId, context.formId);
  }
  checkClientSettings(row, issues);
  const title = row.translations('form_title', defaultLanguage);
  const k = Number(checked('k', 'bad-k', (text) => isWhole(text, 1, 1000)) ?? '5');
  const lowK = readLowK(row, k, issues);
  const isShardCount = (text: string): boolean => isWhole(text, 1, mostShards);
  const shards = checked('shards', 'bad-shards', isShardCount);
  const maxSuppressed = checked('max_suppressed', 'bad-max-suppressed', isPercentage);
  const maxRisk = checked('max_risk', 'bad-max-risk', isPercentage);
  return {
    title: title.size > 0 ? title : new Map([[defaultLanguage, context.formId]]),
    version:
      checked('version', 'bad-version', (text) => /^\P{Cc}{1,64}$/u.test(text)) ??
      context.version(),
    defaultLanguage,
    instanceName: context.parse(row, 'instance_name'),
    audience: word('audience', ['members', 'coordinator', 'anyone'], 'bad-audience') ?? 'members',
    review: word('review', ['required', 'none'], 'bad-review') ?? 'required',
    consent: row.text('consent') || undefined,
    geometry: row.text('geometry') || undefined,
    expected: word('expected', ['members', 'none'], 'bad-expected') === 'members',
    due: checked('due', 'bad-due', isDate),
    k,
    maxSuppressed: maxSuppressed === undefined ? 100 : percentOf(maxSuppressed),
    maxRisk: maxRisk === undefined ? 1 / k : percentOf(maxRisk) / 100,
    lowK,
    license: checked('license', 'bad-license', (text) => license.test(text)),
    shards: shards === undefined ? undefined : Number(shards),
    publicMetadata: readPublicMetadata(row, issues),
    attachments: readAttachmentLimits(row, issues),
    client: readClientSettings(row),
  };
}

const percentage = /^(\d{1,3}(?:\.\d{1,6})?)\s?%?$/;

function isPercentage(text: string): boolean {
  return percentage.test(text) && percentOf(text) <= 100;
}

/** `3`, `3 %` and `3%` are three per cent. */
function percentOf(text: string): number {
  return Number(percentage.exec(text)?.[1]);
}

function readLowK(row: SheetRow, k: number, issues: FormIssues): boolean {
  const text = row.text('low_k');
  const read = readYesNo(text);
  if (read === undefined) issues.add('bad-low-k', row.place('low_k'), text, 'yes, no');
  const confirmed = read ?? false;
  if (k < leastUnconfirmedK && !confirmed) issues.add('low-k', row.place('k'), String(k));
  return confirmed;
}

/**
 * Whether a coordinator reads every record before it is public: she reviews it, or she alone can have
 * sent it.
 */
export function isRead(row: SheetRow): boolean {
  const said = (column: string): string => row.text(column).toLowerCase();
  return said('review') !== 'none' || said('audience') === 'coordinator';
}

/** Refuses what a server cannot serve, and says what would surprise. */
function checkClientSettings(row: SheetRow, issues: FormIssues): void {
  const reportIf = (
    column: string,
    code: FormMessageCode,
    when: (text: string) => boolean,
  ): void => {
    const text = row.text(column);
    if (text !== '' && when(text)) issues.add(code, row.place(column), text);
  };
  reportIf('public_key', 'encryption-refused', () => true);
  reportIf('omit_instanceid', 'instance-id-needed', (text) => readYesNo(text) !== false);
  reportIf('submission_url', 'answers-elsewhere', () => true);
  reportIf('namespaces', 'bad-namespaces', (text) => readNamespaces(text).size === 0);
  reportIf('name', 'bad-root-name', (text) => !isName(text));
}

function readPublicMetadata(row: SheetRow, issues: FormIssues): FormSettings['publicMetadata'] {
  const place = row.place('public_metadata');
  const words = row
    .text('public_metadata')
    .split(/[\s,]+/)
    .filter(Boolean);
  const read = words.map((text) =>
    oneWord(text, publicMetadata, 'bad-public-metadata', place, issues),
  );
  return publicMetadata.filter((name) => read.includes(name));
}

/** Settings that mean something to clients, as they stand, under the names that XLSForm gives them. */
function readClientSettings(row: SheetRow): ReadonlyMap<string, string> {
  const client = new Map<string, string>();
  for (const { column, client: forClients } of settingColumns) {
    const text = forClients === true ? row.text(column) : '';
    if (text !== '') client.set(column, text);
  }
  // `attribute::x` is an attribute of the form's root element.
  for (const [heading, text] of row.others) {
    const [, name] = /^attribute::?\s*(\S+)$/i.exec(heading) ?? [];
    if (name !== undefined) client.set(`attribute::${name}`, text);
  }
  return client;
}

/** The setting `allow_choice_duplicates`. */
export function allowsDuplicates(row: SheetRow): boolean {
  return readYesNo(row.text('allow_choice_duplicates')) ?? false;
}

/** What phones take in a day of photos goes through; a film of an hour does not. */
const defaultMegabytes = 50;
const maxMegabytes = 1_000;
const mediaType = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,100}\/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,100})$/;

/** Reads the settings `attachment_max_mb` (of 1,000,000 bytes) and `attachment_types`. */
function readAttachmentLimits(row: SheetRow, issues: FormIssues): AttachmentLimits {
  const size = row.text('attachment_max_mb');
  const megabytes = /^\d{1,4}(?:\.\d{1,3})?$/.test(size) ? Number(size) : Number.NaN;
  const fits = megabytes >= 0.1 && megabytes <= maxMegabytes;
  if (size !== '' && !fits) issues.add('bad-attachment-max', row.place('attachment_max_mb'), size);
  const types = row
    .text('attachment_types')
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter(Boolean);
  const wrong = types.find((type) => !mediaType.test(type));
  if (wrong !== undefined) {
    issues.add('bad-attachment-type', row.place('attachment_types'), wrong);
  }
  return {
    maxBytes: Math.round((fits ? megabytes : defaultMegabytes) * 1_000_000),
    types: types.length === 0 ? undefined : [...new Set(types)],
  };
}

/** How many partitions the submissions of a form are spread over unless it says so: see docs/scale.md. */
export const defaultShards = 4;
/** Each is one item of a compile, and one open segment when a dataset is published. */
const mostShards = 256;
