import type { Audience } from '../form/model.ts';
import type { ColumnKind } from './column-kinds.ts';
import { dayOf } from './disclosure/combination.ts';
import type { RecordColumn } from './disclosure/identifiers.ts';
import { fileLanguages } from './file-languages.ts';
import type { FormRows } from './form-rows.ts';
import type { AudienceTables, MetaColumn, PublishedRow } from './formats/format.ts';
import { scopesOf } from './layout.ts';
import { tablesOf } from './view.ts';

/** What the public sees only if the form says so, when the record is answered and now. */
export const privateMetadata: readonly string[] = [
  'organisation',
  'state',
  'received_at',
  'updated_at',
];

/** Ids, names of states and times hold nothing that CSV or JSON would have to escape: see ids.ts. */
function plain(
  header: string,
  member: string,
  kind: ColumnKind,
  of: (row: PublishedRow) => string | undefined,
): MetaColumn {
  return {
    ...{ header, member, kind, value: of },
    csv: (row) => of(row) ?? '',
    json: (row) => {
      const text = of(row);
      return text === undefined ? 'null' : `"${text}"`;
    },
  };
}

const id = plain('id', 'id', 'text', ({ id }) => id);

const formVersion: MetaColumn = {
  header: 'form_version',
  member: 'formVersion',
  kind: 'code',
  value: ({ row }) => row.formVersion,
  csv: ({ formVersion }) => formVersion.csv,
  json: ({ formVersion }) => formVersion.json,
};

/** What members and the coordinator see of the record itself. */
const metaColumns: readonly MetaColumn[] = [
  id,
  plain('organisation', 'organisation', 'code', ({ row }) => row.organisation),
  formVersion,
  plain('state', 'state', 'code', ({ row }) => row.state),
  plain('received_at', 'receivedAt', 'dateTime', ({ row }) => row.receivedAt),
  plain('updated_at', 'updatedAt', 'dateTime', ({ row }) => row.updatedAt),
];

/** What the public sees of it: what the form publishes, times by the day, and all as coarse as it must be. */
function publicMeta({ newest, generalisation }: FormRows): readonly MetaColumn[] {
  const published: readonly string[] = newest.settings.publicMetadata;
  const column = (
    header: RecordColumn | 'state',
    member: string,
    kind: ColumnKind,
    of: (row: PublishedRow) => string,
  ): readonly MetaColumn[] => {
    if (!published.includes(header)) return [];
    const level = header === 'state' ? undefined : generalisation.record.get(header);
    const kindNow = level?.published === 'coarse' ? 'text' : kind;
    return [
      plain(header, member, kindNow, (row) => {
        if (!row.metadata.includes(header)) return undefined;
        if (level === undefined || level.published === 'plain') return of(row);
        const text = level.published === 'coarse' ? level.text(JSON.stringify(of(row))) : '';
        return text === '' ? undefined : text;
      }),
    ];
  };
  const version = generalisation.record.get('form_version');
  const hidden = plain('form_version', 'formVersion', 'code', () => undefined);
  return [
    id,
    ...column('organisation', 'organisation', 'code', ({ row }) => row.organisation),
    version?.published === 'hidden' ? hidden : formVersion,
    ...column('state', 'state', 'code', ({ row }) => row.state),
    ...column('received_at', 'receivedAt', 'date', ({ row }) => dayOf(row.receivedAt)),
    ...column('updated_at', 'updatedAt', 'date', ({ row }) => dayOf(row.updatedAt)),
  ];
}

/** The tables of a form's dataset as an audience sees them. */
export function tablesFor(rows: FormRows, audience: Audience): AudienceTables {
  const { layout, newest } = rows;
  const [main, ...repeats] = tablesOf(layout, audience, rows.generalisation);
  if (main === undefined) throw new TypeError('A layout has no top level.');
  const { keys } = rows;
  const mapped = rows.plans.some(({ views }) => views[audience].geometry.slot !== 0);
  return {
    audience,
    meta: audience === 'public' ? publicMeta(rows) : metaColumns,
    main,
    repeats,
    languages: fileLanguages([newest.settings.defaultLanguage, ...newest.languages]),
    geometryScope: mapped
      ? scopesOf(layout).find(({ fields }) => fields.some(({ geometry }) => geometry !== undefined))
      : undefined,
    ...(keys === undefined ? {} : { keys }),
  };
}
