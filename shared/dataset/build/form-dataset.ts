import { audiences, type Audience } from '../../form/model.ts';
import type { VersionPlace, DatasetHead } from '../versions/version-place.ts';
import type { CompileDeps } from '../compile-deps.ts';
import type { Disclosure } from '../disclosure/disclosure.ts';
import { keepPublic } from '../disclosure/keep-public.ts';
import { prepareDisclosure } from '../disclosure/prepare-disclosure.ts';
import type { Risk } from '../versions/disclosure-risk.ts';
import { disclosedFileName, disclosedLine } from '../disclosure/disclosed-file.ts';
import {
  modelsOf,
  type FormInput,
  FormRows,
  idFor,
  type FormRow,
  type VersionTexts,
} from '../rows/form-rows.ts';
import type { FileSink } from '../../zip/file-sink.ts';
import {
  AudienceRow,
  type AudienceTables,
  type LeadCell,
  tableNumbers,
  type MetaColumn,
} from '../rows/audience-row.ts';
import { descriptions, formats } from '../formats/formats.ts';
import type { Format, FormatContext, FormatWriter } from '../formats/format.ts';
import { endPart, endWriters, openInPart, type Omitted, type Part } from './part.ts';
import type { BuildState } from './part-state.ts';
import {
  PublicHead,
  publicVersion,
  tablesText,
  type PublicVersion,
} from '../versions/public-head.ts';
import { recordTexts } from '../formats/record-texts.ts';
import { PublishError, type VersionWriter } from '../versions/version-writer.ts';
import type { ColumnKind } from '../../form/types/question-types.ts';
import { dayOf } from '../disclosure/quasi-identifiers.ts';
import type { RecordColumn } from '../rows/identifiers.ts';
import { fileLanguages } from '../rows/file-languages.ts';
import { scopesOf } from '../rows/layout.ts';
import type { SegmentRow } from '../segments/segment-file.ts';
import { tablesOf } from '../rows/audience-view.ts';

/** What building a version counted: rows that each audience sees, and what was kept from whom. */
export interface Built {
  readonly rows: ReadonlyMap<Audience, number>;
  readonly withheld: Readonly<Record<string, number>>;
  readonly risk?: Risk;
  readonly omitted?: readonly Omitted[];
  /** Of the public files, if there are any. */
  readonly published?: PublicVersion | undefined;
  /** There is another part to be made; nothing of the above is final before the last one. */
  readonly next?: BuildState;
}

interface Output {
  readonly audience: Audience;
  readonly head: DatasetHead;
  readonly tables: AudienceTables;
  readonly meta: readonly FormMetaColumn[];
  readonly writers: readonly FormatWriter[];
  readonly formats: readonly Format[];
  readonly rowsBefore: number;
  rows: number;
}

/**
 * Writes the dataset of a form: every format (or those given) for every audience in one pass over its
 * rows; of a dataset in parts, one part.
 */
export async function buildFormDataset(
  deps: Pick<CompileDeps, 'objects' | 'forms'>,
  input: FormInput,
  place: VersionPlace,
  files: VersionWriter,
  chosen: readonly Format[] = formats,
  part?: Part,
): Promise<Built> {
  const rows = new FormRows(deps.objects, input, await modelsOf(deps, input.form));
  const { settings } = rows.newest;
  const { dataset, version, cutOff } = place;
  const head: DatasetHead = {
    dataset,
    version,
    cutOff,
    title: Object.fromEntries(settings.title),
    license: settings.license ?? null,
  };
  const disclosure = await prepareDisclosure(rows, place);
  if (disclosure !== undefined) rows.generalise(disclosure.generalisation);
  const isBlocked = disclosure !== undefined && disclosure.head.files !== 'own';
  const disclosed = disclosure === undefined ? undefined : openDisclosed(files, disclosure);
  const omitted: Omitted[] = [];
  const signed = { inParts: part !== undefined, state: part?.state?.signed ?? undefined };
  const publicHead = await PublicHead.open(head, place, signed);
  const headFor = (audience: Audience): DatasetHead => (audience === 'public' ? publicHead : head);
  const outputs = audiences.flatMap((audience): readonly Output[] => {
    if (audience === 'public' && isBlocked) return [];
    const tables = tablesFor(rows, audience);
    if (!showsAnything(tables, rows)) return [];
    const opened = chosen.flatMap((format) => {
      const context = { head: headFor(audience), tables, ...filesFor(files, audience) };
      const writer =
        part === undefined ? format.open(context) : openInPart(part, format, context, omitted);
      return writer === undefined ? [] : [{ format, writer }];
    });
    const rowsBefore = part?.state?.rows[audience] ?? 0;
    const writers = opened.map(({ writer }) => writer);
    const formats = opened.map(({ format }) => format);
    const meta = metaColumnsFor(rows, audience);
    if (audience === 'public' && part?.state === undefined) publicHead.sign(tablesText(tables));
    return [
      {
        audience,
        head: headFor(audience),
        tables,
        meta,
        writers,
        formats,
        rowsBefore,
        rows: rowsBefore,
      },
    ];
  });
  part?.files.begin();
  const withheld = { notAccepted: 0, noConsent: 0, belowK: 0, ...part?.state?.withheld };
  const after = part?.state?.lastId;
  if (after !== undefined) await disclosure?.skip(after);
  let left = part === undefined || part.isLast ? Infinity : part.rows;
  let lastId = '';
  let expected = part?.state?.records ?? 0;
  for await (const batch of rows.batches(disclosure?.ahead, after)) {
    for (const row of batch) {
      expected += 1;
      left -= 1;
      if (left === 0) lastId = row.row.id;
      for (const gone of disclosure?.goneBefore(row.row.id) ?? []) {
        disclosed?.write(disclosedLine(gone));
      }
      const decision = disclosure?.decide(row);
      const isPublished = decision?.isPublished ?? row.seenBy.public;
      if (decision?.disclosed !== undefined) disclosed?.write(disclosedLine(decision.disclosed));
      if (row.notPublic === 'not-accepted') withheld.notAccepted += 1;
      if (row.notPublic === 'no-consent') withheld.noConsent += 1;
      if (row.seenBy.public && !isPublished) withheld.belowK += 1;
      for (const output of outputs) writeRow(output, row, isPublished);
      if (left === 0) break;
    }
    for (const { writers } of outputs) {
      for (const writer of writers) await writer.drained?.();
    }
    await files.drained();
    if (left === 0) break;
  }
  if (disclosure !== undefined && (part === undefined || part.isLast)) {
    for await (const gone of disclosure.goneAtLast()) disclosed?.write(disclosedLine(gone));
  }
  await disclosure?.close();
  if (part !== undefined && !part.isLast) {
    if (left > 0) throw new PublishError(`Only ${expected} rows are left to be written.`);
    const signed = publicHead.save();
    const next = await endPart(outputs, { lastId, records: expected, withheld, signed });
    return { rows: new Map(), withheld, next };
  }
  if (disclosure?.risk !== undefined) {
    // Loaded when there is a risk to draw: most forms have none.
    const { riskMediaType, riskSvg } = await import('../disclosure/risk-svg.ts');
    const picture = files.open('coordinator', `${dataset}.risk.svg`, riskMediaType);
    picture.write(riskSvg(disclosure.risk));
  }
  for (const output of outputs) {
    await endWriters(output);
    const { audience, head, tables } = output;
    const entries = await files.complete(audience);
    for (const describe of descriptions) {
      describe({ head, tables, ...filesFor(files, audience) }, entries);
    }
  }
  const inSegments = input.segments.reduce((sum, segment) => sum + segment.rows, 0);
  if (expected !== inSegments) {
    throw new PublishError(`${expected} rows were written of ${inSegments} that there are.`);
  }
  const counts = new Map(outputs.map((output) => [output.audience, output.rows]));
  let published = outputs.some(({ audience }) => audience === 'public')
    ? publicVersion(publicHead)
    : undefined;
  if (disclosure?.head.files === 'kept') {
    const kept = await keepPublic(place.before, files);
    counts.set('public', kept.rows);
    published = kept.published;
  }
  const risk = disclosure?.risk;
  if (risk !== undefined) withheld.belowK = risk.suppressed;
  return { rows: counts, withheld, published, ...(risk === undefined ? {} : { risk }), omitted };
}

/** Says to the next version, and to what is made from this one, what the public has seen of whom. */
function openDisclosed(files: VersionWriter, { head }: Disclosure): FileSink {
  const type = 'text/tab-separated-values; charset=utf-8';
  const sink = files.open('internal', disclosedFileName, type);
  sink.write(`${JSON.stringify(head)}\n`);
  return sink;
}

/** Without a question to see, not even how many records there are and when they came is published. */
function showsAnything({ audience, main, repeats }: AudienceTables, { newest }: FormRows): boolean {
  if (audience === 'coordinator' || main.columns.length > 0 || repeats.length > 0) return true;
  return audience === 'public' && newest.settings.publicMetadata.length > 0;
}

/** How the formats of an audience open their files. */
export function filesFor(
  files: VersionWriter,
  audience: Audience,
): Pick<FormatContext, 'open' | 'body' | 'internal'> {
  return {
    open: (name, mediaType) => files.open(audience, name, mediaType),
    body: (file) => files.openBody(audience, file),
    internal: (name, mediaType) => files.open('internal', name, mediaType),
  };
}

function writeRow(output: Output, row: FormRow, isPublished: boolean): void {
  const { audience, head, tables, meta, writers } = output;
  const { settings } = row.plan.model;
  const inPublic = audience === 'public';
  if (inPublic ? !isPublished : !row.seenBy[audience]) return;
  output.rows += 1;
  const id = idFor(audience, row.row);
  const metadata = inPublic ? settings.publicMetadata : privateMetadata;
  const record = AudienceRow.ofRecord({
    tables,
    id,
    instance: row.instance,
    view: row.plan.views[audience],
    leads: leadsOf(meta, { id, row: row.row, formVersion: row.plan.texts, metadata }),
    stored: audience === 'coordinator' ? row.answersText : undefined,
  });
  if (head instanceof PublicHead) head.sign(recordTexts(tables).of(record));
  for (const writer of writers) writer.row(record);
}

/** What the public sees only if the form says so, when the record is answered and now. */
const privateMetadata: readonly string[] = ['organisation', 'state', 'received_at', 'updated_at'];

/** What is known of a record beside its answers, before it is made the cells of an audience. */
interface RecordHead {
  /** As the audience knows it. */
  readonly id: string;
  readonly row: SegmentRow;
  readonly formVersion: VersionTexts;
  /** The columns about the record that the version answered to lets the audience see. */
  readonly metadata: readonly string[];
}

/** A column about the record, and how its cell is made. */
interface FormMetaColumn extends MetaColumn {
  readonly cellOf: (record: RecordHead) => LeadCell;
}

const notShown: LeadCell = { value: undefined, csv: '', json: 'null' };

/** Ids, names of states and times hold nothing that CSV or JSON would have to escape: see ids.ts. */
function plain(
  header: string,
  member: string,
  kind: ColumnKind,
  of: (record: RecordHead) => string | undefined,
): FormMetaColumn {
  const cellOf = (record: RecordHead): LeadCell => {
    const value = of(record);
    return value === undefined ? notShown : { value, csv: value, json: `"${value}"` };
  };
  return { header, member, kind, cellOf };
}

const idColumn = plain('id', 'id', 'text', ({ id }) => id);

const formVersion: FormMetaColumn = {
  header: 'form_version',
  member: 'formVersion',
  kind: 'code',
  cellOf: ({ row, formVersion: { csv, json } }) => ({ value: row.formVersion, csv, json }),
};

/** What members and the coordinator see of the record itself. */
const allColumns: readonly FormMetaColumn[] = [
  idColumn,
  plain('organisation', 'organisation', 'code', ({ row }) => row.organisation),
  formVersion,
  plain('state', 'state', 'code', ({ row }) => row.state),
  plain('received_at', 'receivedAt', 'dateTime', ({ row }) => row.receivedAt),
  plain('updated_at', 'updatedAt', 'dateTime', ({ row }) => row.updatedAt),
];

/** What the public sees of it: what the form publishes, times by the day, and all as coarse as it must be. */
function publicColumns({ newest, generalisation }: FormRows): readonly FormMetaColumn[] {
  const published: readonly string[] = newest.settings.publicMetadata;
  const column = (
    header: RecordColumn | 'state',
    member: string,
    kind: ColumnKind,
    of: (record: RecordHead) => string,
  ): readonly FormMetaColumn[] => {
    if (!published.includes(header)) return [];
    const level = header === 'state' ? undefined : generalisation.record.get(header);
    const kindNow = level?.published === 'coarse' ? 'text' : kind;
    return [
      plain(header, member, kindNow, (record) => {
        if (!record.metadata.includes(header)) return undefined;
        if (level === undefined || level.published === 'plain') return of(record);
        const text = level.published === 'coarse' ? level.text(JSON.stringify(of(record))) : '';
        return text === '' ? undefined : text;
      }),
    ];
  };
  const version = generalisation.record.get('form_version');
  const hidden = plain('form_version', 'formVersion', 'code', () => undefined);
  return [
    idColumn,
    ...column('organisation', 'organisation', 'code', ({ row }) => row.organisation),
    version?.published === 'hidden' ? hidden : formVersion,
    ...column('state', 'state', 'code', ({ row }) => row.state),
    ...column('received_at', 'receivedAt', 'date', ({ row }) => dayOf(row.receivedAt)),
    ...column('updated_at', 'updatedAt', 'date', ({ row }) => dayOf(row.updatedAt)),
  ];
}

/** The columns about the record that an audience sees. */
function metaColumnsFor(rows: FormRows, audience: Audience): readonly FormMetaColumn[] {
  return audience === 'public' ? publicColumns(rows) : allColumns;
}

/** The cells of these columns for a record. */
function leadsOf(columns: readonly FormMetaColumn[], record: RecordHead): readonly LeadCell[] {
  return columns.map(({ cellOf }) => cellOf(record));
}

/** The tables of a form's dataset as an audience sees them. */
function tablesFor(rows: FormRows, audience: Audience): AudienceTables {
  const { layout, newest } = rows;
  const [main, ...repeats] = tablesOf(layout, audience, rows.generalisation);
  if (main === undefined) throw new TypeError('A layout has no top level.');
  const { keys } = rows;
  const mapped = rows.plans.some(({ views }) => views[audience].geometry.slot !== 0);
  return {
    audience,
    meta: metaColumnsFor(rows, audience).map(({ header, member, kind }) => ({
      header,
      member,
      kind,
    })),
    main,
    repeats,
    numbers: tableNumbers([main, ...repeats]),
    languages: fileLanguages([newest.settings.defaultLanguage, ...newest.languages]),
    geometryScope: mapped
      ? scopesOf(layout).find(({ fields }) => fields.some(({ geometry }) => geometry !== undefined))
      : undefined,
    ...(keys === undefined ? {} : { keys }),
  };
}
