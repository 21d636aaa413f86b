import type { Audience } from '../form/model.ts';
import type { ColumnKind } from './column-kinds.ts';
import { fileLanguages } from './file-languages.ts';
import type { FormRows } from './form-rows.ts';
import type { AudienceTables, MetaColumn, PublishedRow } from './formats/format.ts';
import { scopesOf } from './layout.ts';
import { tablesOf } from './view.ts';

/** What the public sees only if the form says so, when the record is answered and now. */
export const privateMetadata: readonly string[] = ['organisation', 'state'];

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
export function tablesFor(rows: FormRows, audience: Audience): AudienceTables {
  const { layout, newest } = rows;
  const [main, ...repeats] = tablesOf(layout, audience, rows.rungs);
  if (main === undefined) throw new TypeError('A layout has no top level.');
  const published: readonly string[] = newest.settings.publicMetadata;
  const { keys } = rows;
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
    ...(keys === undefined ? {} : { keys }),
  };
}
