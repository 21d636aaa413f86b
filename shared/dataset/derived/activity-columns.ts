import type { Audience } from '../../form/model.ts';
import type { Activity } from './activity.ts';
import type { DerivedColumn } from './table-shape.ts';

/** A column of who does what where: those with a tag are also those of the HXL file, in this order. */
export interface ActivityColumn extends DerivedColumn {
  readonly tag?: string;
  readonly of: (activity: Activity, formId: string) => string | number | undefined;
}

/** What one question cannot say: which form, and which row. In CSV and JSON they have stood there ever since. */
export const formColumn: ActivityColumn = {
  name: 'form',
  type: 'text',
  label: { fr: 'Fiche', en: 'Form' },
  of: (_, formId) => formId,
};

export const idColumn: ActivityColumn = {
  name: 'id',
  tag: '#meta+id',
  type: 'text',
  label: { fr: 'Identifiant', en: 'Id' },
  of: ({ id }) => id,
};

/** Columns as in interop.md. */
export const saidColumns: readonly ActivityColumn[] = [
  column('organisation', '#org+name', 'Organisation', 'Organisation', ({ orgName }) => orgName),
  column('acronym', '#org+acronym', 'Sigle', 'Acronym', ({ orgAcronym }) => orgAcronym),
  column('organisation_type', '#org+type', 'Type d’organisation', 'Kind of organisation', (row) => {
    return row.orgType;
  }),
  column('sector', '#sector+name', 'Thèmes', 'Themes', ({ sector }) => sector),
  column('activity', '#activity+name', 'Activité', 'Activity', ({ activity }) => activity),
  column('status', '#status', 'État', 'Status', ({ status }) => status),
  column('country', '#country+code', 'Pays (code)', 'Country (code)', (row) => row.countryCode),
  column('adm1', '#adm1+name', 'Région', 'Region', ({ adm1Name }) => adm1Name),
  column('adm1_code', '#adm1+code', 'Région (code)', 'Region (code)', (row) => row.adm1Code),
  column('adm2', '#adm2+name', 'Département', 'Department', ({ adm2Name }) => adm2Name),
  column('adm2_code', '#adm2+code', 'Département (code)', 'Department (code)', (row) => {
    return row.adm2Code;
  }),
  { ...column('latitude', '#geo+lat', 'Latitude', 'Latitude', ({ lat }) => lat), type: 'decimal' },
  {
    ...column('longitude', '#geo+lon', 'Longitude', 'Longitude', (row) => row.lon),
    type: 'decimal',
  },
  { ...column('start', '#date+start', 'Début', 'Start', ({ start }) => start), type: 'date' },
  { ...column('end', '#date+end', 'Fin', 'End', ({ end }) => end), type: 'date' },
];

const exactness: ActivityColumn = {
  name: 'precision',
  type: 'text',
  label: { fr: 'Précision du lieu', en: 'Precision of the place' },
  of: ({ precision }) => precision,
};

const given: readonly ActivityColumn[] = [
  {
    name: 'organisation_as_given',
    type: 'text',
    label: { fr: 'Organisation, telle que dite', en: 'Organisation as given' },
    of: ({ orgGiven }) => orgGiven,
  },
  {
    name: 'activity_as_given',
    type: 'text',
    label: { fr: 'Activité, telle que dite', en: 'Activity as given' },
    of: ({ activityGiven }) => activityGiven,
  },
];

/** What was added since, after all others. The public is not told which names were grouped. */
export function addedColumns(audience: Audience): readonly ActivityColumn[] {
  return audience === 'public' ? [exactness] : [exactness, ...given];
}

function column(
  name: string,
  tag: string,
  fr: string,
  en: string,
  of: ActivityColumn['of'],
): ActivityColumn {
  return { name, tag, type: 'text', label: { fr, en }, of };
}
