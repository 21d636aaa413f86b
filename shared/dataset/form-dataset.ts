import { audiences, type Audience } from '../form/model.ts';
import type { ColumnKind } from './column-kinds.ts';
import type { VersionPlace } from './version-place.ts';
import type { CompileDeps } from './deps.ts';
import type { Disclosure, Verdict } from './disclosure/disclosure.ts';
import { keepPublic } from './disclosure/keep-public.ts';
import { prepareDisclosure } from './disclosure/prepare-disclosure.ts';
import type { Risk } from './disclosure/risk.ts';
import { toldFileName, toldLine } from './disclosure/told-file.ts';
import { modelsOf, type FormInput } from './form-input.ts';
import { fileLanguages } from './file-languages.ts';
import type { FileSink } from './file-sink.ts';
import { FormRows, publicId, type FormRow } from './form-rows.ts';
import { descriptions, formats } from './formats/formats.ts';
import type {
  AudienceTables,
  DatasetHead,
  Format,
  FormatContext,
  FormatWriter,
  MetaColumn,
  PublishedRow,
} from './formats/format.ts';
import { scopesOf } from './layout.ts';
import { PublishError, type VersionWriter } from './version-writer.ts';
import { tablesOf } from './view.ts';

/** What building a version counted: rows that each audience sees, and what was kept from whom. */
export interface Built {
  readonly rows: Partial<Record<Audience, number>>;
  readonly withheld: Readonly<Record<string, number>>;
  readonly risk?: Risk;
}

interface Output {
  readonly audience: Audience;
  readonly tables: AudienceTables;
  readonly writers: readonly FormatWriter[];
  rows: number;
}

/**
 * Writes the dataset of a form: every format (or those given) for every audience in one pass over its
 * rows.
 */
export async function buildFormDataset(
  deps: Pick<CompileDeps, 'objects' | 'forms'>,
  input: FormInput,
  place: VersionPlace,
  files: VersionWriter,
  chosen: readonly Format[] = formats,
): Promise<Built> {
  const rows = new FormRows(deps.objects, input, await modelsOf(deps, input.form));
  const { settings } = rows.newest;
  const { dataset, version, cutOff } = place;
  const head: DatasetHead = {
    ...{ dataset, version, cutOff },
    title: Object.fromEntries(settings.title),
    license: settings.license ?? null,
  };
  const disclosure = await prepareDisclosure(rows, place.before);
  if (disclosure !== undefined) rows.generalise(disclosure.rungs);
  const isBlocked = disclosure !== undefined && disclosure.head.files !== 'own';
  const told = disclosure === undefined ? undefined : openTold(files, disclosure);
  const outputs = audiences.flatMap((audience): readonly Output[] => {
    if (audience === 'public' && isBlocked) return [];
    const tables = tablesFor(rows, audience);
    if (!showsAnything(tables, rows)) return [];
    const writers = chosen.flatMap((format) => {
      return format.open({ head, tables, ...filesFor(files, audience) }) ?? [];
    });
    return [{ audience, tables, writers, rows: 0 }];
  });
  const withheld = { notAccepted: 0, noConsent: 0, belowK: 0 };
  let expected = 0;
  for await (const batch of rows.batches(disclosure?.ahead)) {
    for (const row of batch) {
      expected += 1;
      const decision = disclosure?.decide(row);
      const verdict = decision?.verdict ?? (row.seenBy.public ? 'shown' : 'absent');
      if (decision?.told !== undefined) told?.write(toldLine(decision.told));
      if (row.notPublic === 'not-accepted') withheld.notAccepted += 1;
      if (row.notPublic === 'no-consent') withheld.noConsent += 1;
      if (verdict === 'withheld') withheld.belowK += 1;
      for (const output of outputs) writeRow(output, row, rows.formId, verdict);
    }
    for (const { writers } of outputs) {
      for (const writer of writers) await writer.drained?.();
    }
    await files.drained();
  }
  for (const output of outputs) {
    await endWriters(output);
    const { audience, tables } = output;
    const entries = await files.settle(audience);
    for (const describe of descriptions) {
      describe({ head, tables, ...filesFor(files, audience) }, entries);
    }
  }
  const inSegments = input.segments.reduce((sum, segment) => sum + segment.rows, 0);
  if (expected !== inSegments) {
    throw new PublishError(`${expected} rows were written of ${inSegments} that there are.`);
  }
  const counts: Built['rows'] = Object.fromEntries(
    outputs.map((output) => [output.audience, output.rows]),
  );
  if (disclosure?.head.files === 'kept') counts.public = await keepPublic(place.before, files);
  const risk = disclosure?.risk;
  if (risk !== undefined) withheld.belowK = risk.suppressed;
  return { rows: counts, withheld, ...(risk === undefined ? {} : { risk }) };
}

/** Says to the next version, and to what is made from this one, what the public is told of whom. */
function openTold(files: VersionWriter, { head }: Disclosure): FileSink {
  const sink = files.open('internal', toldFileName, 'text/tab-separated-values; charset=utf-8');
  sink.write(`${JSON.stringify(head)}\n`);
  return sink;
}

/** Without a question to see, not even how many records there are and when they came is told. */
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

/** Every format must have every row. */
async function endWriters({ audience, writers, rows }: Output): Promise<void> {
  for (const writer of writers) {
    const written = await writer.end();
    if (written !== rows) {
      throw new PublishError(`A file for ${audience} has ${written} rows of ${rows}.`);
    }
  }
}

function writeRow(output: Output, row: FormRow, datasetId: string, verdict: Verdict): void {
  const { audience, writers } = output;
  const { settings } = row.plan.model;
  const inPublic = audience === 'public';
  if (inPublic ? verdict === 'absent' : !row.seenBy[audience]) return;
  output.rows += 1;
  const published: PublishedRow = {
    row: row.row,
    answersText: row.answersText,
    instance: row.instance,
    formVersion: row.plan.texts,
    metadata: inPublic ? settings.publicMetadata : privateMetadata,
    id: inPublic ? publicId(datasetId, row.row.id) : row.row.id,
    view: inPublic && verdict === 'withheld' ? row.plan.withheld : row.plan.views[audience],
  };
  for (const writer of writers) writer.row(published);
}

/** What the public sees only if the form says so, when the record is answered and now. */
const privateMetadata: readonly string[] = ['organisation', 'state'];

type FormMetaColumn = MetaColumn & { readonly onlyIfPublished: boolean };

/** Ids, names of states and times hold nothing that CSV or JSON would have to escape: see ids.ts. */
function plain(
  header: string,
  member: string,
  kind: ColumnKind,
  of: (row: PublishedRow) => string,
): FormMetaColumn {
  const column = { header, member, kind };
  if (!privateMetadata.includes(header)) {
    const json = (row: PublishedRow): string => `"${of(row)}"`;
    return { ...column, value: of, csv: of, json, onlyIfPublished: false };
  }
  const isTold = ({ metadata }: PublishedRow): boolean => metadata.includes(header);
  return {
    ...column,
    value: (row) => (isTold(row) ? of(row) : undefined),
    csv: (row) => (isTold(row) ? of(row) : ''),
    json: (row) => (isTold(row) ? `"${of(row)}"` : 'null'),
    onlyIfPublished: true,
  };
}

const metaColumns: readonly FormMetaColumn[] = [
  plain('id', 'id', 'text', ({ id }) => id),
  plain('organisation', 'organisation', 'code', ({ row }) => row.organisation),
  {
    header: 'form_version',
    member: 'formVersion',
    kind: 'code',
    value: ({ row }) => row.formVersion,
    csv: ({ formVersion }) => formVersion.csv,
    json: ({ formVersion }) => formVersion.json,
    onlyIfPublished: false,
  },
  plain('state', 'state', 'code', ({ row }) => row.state),
  plain('received_at', 'receivedAt', 'dateTime', ({ row }) => row.receivedAt),
  plain('updated_at', 'updatedAt', 'dateTime', ({ row }) => row.updatedAt),
];

/** The tables of a form's dataset as an audience sees them. */
function tablesFor(rows: FormRows, audience: Audience): AudienceTables {
  const { layout, newest } = rows;
  const [main, ...repeats] = tablesOf(layout, audience, rows.rungs);
  if (main === undefined) throw new TypeError('A layout has no top level.');
  const published: readonly string[] = newest.settings.publicMetadata;
  const mapped = rows.plans.some(({ views }) => views[audience].geometry.slot !== 0);
  return {
    audience,
    meta: metaColumns.filter(
      ({ header, onlyIfPublished }) =>
        audience !== 'public' || !onlyIfPublished || published.includes(header),
    ),
    main,
    repeats,
    languages: fileLanguages([newest.settings.defaultLanguage, ...newest.languages]),
    geometryScope: mapped
      ? scopesOf(layout).find(({ fields }) => fields.some(({ geometry }) => geometry !== undefined))
      : undefined,
  };
}
