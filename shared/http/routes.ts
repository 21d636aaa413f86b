import type { Bilingual } from '../text.ts';

/** The Lambda functions that answer HTTP, split by what they may touch and how busy they are. */
export const doors = ['submissions', 'registry', 'datasets', 'openrosa'] as const;
export type Door = (typeof doors)[number];

/**
 * Who may call a route. `form-audience`: whoever the form's setting `audience` names, with no token
 * if that is `anyone`. Whose things a member may see is decided further in: its own organisation's.
 */
export type Access = 'anyone' | 'form-audience' | 'any-token' | 'coordinator';

export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** In the form of an HTTP API's route key: `{name}` takes one path segment, `{name+}` all the rest. */
  readonly path: `/v1/${string}`;
  readonly operation: string;
  readonly door: Door;
  readonly access: Access;
  readonly summary: Bilingual;
  /** Media types that the body may have (an asterisk for any); absent: the route takes no body. */
  readonly accepts?: readonly string[];
  /** The longest body in bytes, where it is not that of every route (body.ts). JSON and YAML keep to that all the same. */
  readonly maxBytes?: number;
  /** The token stands in the path, as `{token}`: for clients that cannot send a header. */
  readonly key?: true;
  /**
   * Answers with a slash at the end of its path, too. A route of its own cannot: API Gateway takes none
   * that ends so, and sends such a request to its default, or to this route.
   */
  readonly slash?: true;
  /** Takes a token as the password of Basic authentication, too: for spreadsheets and BI tools. */
  readonly basic?: true;
  /** Media types that it can answer, the first one being what it sends; absent: JSON; `any`: it depends. */
  readonly produces?: readonly string[] | 'any';
  /** Which success statuses it answers. */
  readonly statuses: readonly number[];
  /** Needs `If-Match` with the revision that the caller has seen. */
  readonly ifMatch?: true;
}

const json = ['application/json'] as const;
const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const submission = '/v1/forms/{formId}/submissions/{instanceId}' as const;
const key = '/v1/key/{token}' as const;
const odata = '/v1/odata/{datasetId}' as const;

/** The longest body of a workbook, of a form's file and of a phone's submission; a Lambda takes 4.7 MB at most. */
export const maxFileBytes = 4_000_000;

/** Every route. Handlers, infra, OpenAPI, the role table and the tests come from this one list. */
export const routes = [
  {
    method: 'GET',
    path: '/v1/health',
    operation: 'getHealth',
    door: 'datasets',
    access: 'anyone',
    summary: { fr: 'Dit que le service répond.', en: 'Says that the service answers.' },
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/openapi.json',
    operation: 'getOpenApi',
    door: 'registry',
    access: 'anyone',
    summary: { fr: 'Cette interface, en OpenAPI 3.1.', en: 'This interface, as OpenAPI 3.1.' },
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/me',
    operation: 'getMe',
    door: 'registry',
    access: 'any-token',
    summary: { fr: 'Rôle et organisation du jeton.', en: "The token's role and organisation." },
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/forms',
    operation: 'listForms',
    door: 'registry',
    access: 'form-audience',
    summary: { fr: 'Les fiches.', en: 'The forms.' },
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/forms/{formId}',
    operation: 'getForm',
    door: 'registry',
    access: 'form-audience',
    summary: { fr: 'La définition d’une fiche.', en: 'The definition of a form.' },
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/forms/{formId}/schema.json',
    operation: 'getFormSchema',
    door: 'registry',
    access: 'form-audience',
    summary: { fr: 'Le JSON Schema des réponses.', en: 'The JSON Schema of the answers.' },
    produces: ['application/schema+json', 'application/json'],
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/forms/{formId}/form.xlsx',
    operation: 'getFormWorkbook',
    door: 'registry',
    access: 'form-audience',
    summary: { fr: 'La fiche en classeur XLSForm.', en: 'The form as an XLSForm workbook.' },
    produces: [xlsx],
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/forms/{formId}/form.xml',
    operation: 'getXForm',
    door: 'registry',
    access: 'form-audience',
    summary: { fr: 'La fiche en XForm.', en: 'The form as an XForm.' },
    produces: ['application/xml', 'text/xml'],
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/forms/{formId}/media/{file}',
    operation: 'getMedia',
    door: 'registry',
    access: 'form-audience',
    summary: { fr: 'Un fichier de la fiche.', en: 'A file of the form.' },
    produces: 'any',
    statuses: [200],
  },
  {
    method: 'PUT',
    path: '/v1/forms/{formId}/draft',
    operation: 'putDraft',
    door: 'registry',
    access: 'coordinator',
    summary: { fr: 'Dépose le brouillon d’une fiche.', en: 'Uploads the draft of a form.' },
    accepts: ['application/yaml', 'application/json', xlsx],
    maxBytes: maxFileBytes,
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/forms/{formId}/draft/changes',
    operation: 'getDraftChanges',
    door: 'registry',
    access: 'coordinator',
    summary: {
      fr: 'Ce que changerait la publication du brouillon.',
      en: 'What publishing the draft would change.',
    },
    statuses: [200],
  },
  {
    method: 'PUT',
    path: '/v1/forms/{formId}/draft/media/{file}',
    operation: 'putMedia',
    door: 'registry',
    access: 'coordinator',
    summary: { fr: 'Joint un fichier au brouillon.', en: 'Adds a file to the draft.' },
    accepts: ['*/*'],
    maxBytes: maxFileBytes,
    statuses: [200],
  },
  {
    method: 'DELETE',
    path: '/v1/forms/{formId}/draft/media/{file}',
    operation: 'deleteMedia',
    door: 'registry',
    access: 'coordinator',
    summary: { fr: 'Retire un fichier du brouillon.', en: 'Takes a file out of the draft.' },
    statuses: [204],
  },
  {
    method: 'POST',
    path: '/v1/forms/{formId}/publish',
    operation: 'publishForm',
    door: 'registry',
    access: 'coordinator',
    summary: { fr: 'Publie le brouillon.', en: 'Publishes the draft.' },
    statuses: [200],
  },
  {
    method: 'POST',
    path: '/v1/forms/{formId}/close',
    operation: 'closeForm',
    door: 'registry',
    access: 'coordinator',
    summary: { fr: 'Ferme la fiche aux envois.', en: 'Closes the form to submissions.' },
    statuses: [200],
  },
  {
    method: 'POST',
    path: '/v1/forms/{formId}/submissions',
    operation: 'createSubmission',
    door: 'submissions',
    access: 'form-audience',
    summary: { fr: 'Envoie une fiche remplie.', en: 'Sends a filled form.' },
    accepts: json,
    statuses: [201, 200],
  },
  {
    method: 'GET',
    path: '/v1/forms/{formId}/submissions',
    operation: 'listSubmissions',
    door: 'submissions',
    access: 'any-token',
    summary: { fr: 'Les fiches remplies, récentes d’abord.', en: 'Submissions, newest first.' },
    statuses: [200],
  },
  {
    method: 'GET',
    path: submission,
    operation: 'getSubmission',
    door: 'submissions',
    access: 'any-token',
    summary: { fr: 'Une fiche remplie.', en: 'One submission.' },
    statuses: [200],
  },
  {
    method: 'PUT',
    path: submission,
    operation: 'editSubmission',
    door: 'submissions',
    access: 'any-token',
    summary: { fr: 'Corrige une fiche remplie.', en: 'Edits a submission.' },
    accepts: json,
    statuses: [200],
    ifMatch: true,
  },
  {
    method: 'DELETE',
    path: submission,
    operation: 'withdrawSubmission',
    door: 'submissions',
    access: 'any-token',
    summary: { fr: 'Retire une fiche remplie.', en: 'Withdraws a submission.' },
    statuses: [200],
    ifMatch: true,
  },
  {
    method: 'GET',
    path: `${submission}/revisions`,
    operation: 'listRevisions',
    door: 'submissions',
    access: 'any-token',
    summary: { fr: 'Ses révisions et leurs différences.', en: 'Its revisions, with differences.' },
    statuses: [200],
  },
  {
    method: 'POST',
    path: `${submission}/review`,
    operation: 'reviewSubmission',
    door: 'submissions',
    access: 'coordinator',
    summary: { fr: 'Valide, renvoie ou rejette.', en: 'Accepts, sends back or rejects.' },
    accepts: json,
    statuses: [200],
    ifMatch: true,
  },
  {
    method: 'POST',
    path: `${submission}/erase`,
    operation: 'eraseSubmission',
    door: 'submissions',
    access: 'coordinator',
    summary: { fr: 'Efface pour toujours.', en: 'Erases for ever.' },
    statuses: [204],
  },
  {
    method: 'POST',
    path: `${submission}/attachments`,
    operation: 'requestUpload',
    door: 'submissions',
    access: 'form-audience',
    summary: {
      fr: 'Donne un lien pour envoyer une pièce jointe, ou dit qu’elle est là.',
      en: 'Gives a link to send an attachment to, or says that it is there.',
    },
    accepts: json,
    statuses: [200],
  },
  {
    method: 'GET',
    path: `${submission}/attachments/{file}`,
    operation: 'getAttachment',
    door: 'submissions',
    access: 'any-token',
    summary: { fr: 'Une pièce jointe.', en: 'An attachment.' },
    produces: 'any',
    statuses: [200, 302],
  },
  {
    method: 'GET',
    path: '/v1/forms/{formId}/quarantine',
    operation: 'listQuarantine',
    door: 'submissions',
    access: 'coordinator',
    summary: { fr: 'Les envois refusés pour conflit.', en: 'Bodies refused in a conflict.' },
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/organisations',
    operation: 'listOrganisations',
    door: 'registry',
    access: 'coordinator',
    summary: { fr: 'Les organisations.', en: 'The organisations.' },
    statuses: [200],
  },
  {
    method: 'POST',
    path: '/v1/organisations',
    operation: 'createOrganisation',
    door: 'registry',
    access: 'coordinator',
    summary: { fr: 'Ajoute une organisation.', en: 'Adds an organisation.' },
    accepts: json,
    statuses: [201],
  },
  {
    method: 'GET',
    path: '/v1/organisations/{orgId}',
    operation: 'getOrganisation',
    door: 'registry',
    access: 'coordinator',
    summary: { fr: 'Une organisation.', en: 'One organisation.' },
    statuses: [200],
  },
  {
    method: 'PUT',
    path: '/v1/organisations/{orgId}',
    operation: 'putOrganisation',
    door: 'registry',
    access: 'coordinator',
    summary: { fr: 'Change une organisation.', en: 'Changes an organisation.' },
    accepts: json,
    statuses: [200],
    ifMatch: true,
  },
  {
    method: 'POST',
    path: '/v1/organisations/{orgId}/tokens',
    operation: 'createToken',
    door: 'registry',
    access: 'coordinator',
    summary: {
      fr: 'Crée un jeton; son secret n’est dit qu’ici.',
      en: 'Makes a token; its secret is told here only.',
    },
    accepts: json,
    statuses: [201],
  },
  {
    method: 'DELETE',
    path: '/v1/organisations/{orgId}/tokens/{tokenId}',
    operation: 'revokeToken',
    door: 'registry',
    access: 'coordinator',
    summary: { fr: 'Révoque un jeton.', en: 'Revokes a token.' },
    statuses: [204],
  },
  {
    method: 'GET',
    path: '/v1/aliases',
    operation: 'listAliases',
    door: 'registry',
    access: 'coordinator',
    summary: {
      fr: 'Ce qui a été décidé des noms qui se ressemblent.',
      en: 'What was decided about names that are alike.',
    },
    statuses: [200],
  },
  {
    method: 'PUT',
    path: '/v1/aliases/{aliasId}',
    operation: 'putAlias',
    door: 'registry',
    access: 'coordinator',
    summary: {
      fr: 'Dit que deux noms n’en font qu’un, ou qu’ils en font deux.',
      en: 'Says that two names are one, or that they are two.',
    },
    accepts: json,
    statuses: [200],
  },
  {
    method: 'DELETE',
    path: '/v1/aliases/{aliasId}',
    operation: 'deleteAlias',
    door: 'registry',
    access: 'coordinator',
    summary: { fr: 'Reprend cette décision.', en: 'Takes that decision back.' },
    statuses: [204],
  },
  {
    method: 'GET',
    path: '/v1/datasets',
    operation: 'listDatasets',
    door: 'datasets',
    access: 'any-token',
    summary: { fr: 'Les jeux de données.', en: 'The datasets.' },
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/datasets/{datasetId}',
    operation: 'getDataset',
    door: 'datasets',
    access: 'any-token',
    summary: { fr: 'Le manifeste de la version courante.', en: "The current version's manifest." },
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/datasets/{datasetId}/versions',
    operation: 'listDatasetVersions',
    door: 'datasets',
    access: 'any-token',
    summary: { fr: 'Ses versions.', en: 'Its versions.' },
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/datasets/{datasetId}/changes',
    operation: 'getDatasetChanges',
    door: 'datasets',
    access: 'any-token',
    summary: {
      fr: 'Ce qui a changé d’une version à l’autre.',
      en: 'What changed from one version to another.',
    },
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/datasets/{datasetId}/files/{file}',
    operation: 'getDatasetFile',
    door: 'datasets',
    access: 'any-token',
    summary: { fr: 'Un fichier du jeu.', en: 'A file of the dataset.' },
    produces: 'any',
    statuses: [200, 302],
  },
  {
    method: 'GET',
    path: '/v1/datasets/{datasetId}/attachments.zip',
    operation: 'getAttachmentsArchive',
    door: 'datasets',
    access: 'any-token',
    summary: {
      fr: 'Les pièces jointes du jeu, en une archive.',
      en: 'The attachments of the dataset, as one archive.',
    },
    produces: ['application/zip'],
    statuses: [200, 302],
  },
  {
    method: 'POST',
    path: '/v1/compile',
    operation: 'startCompile',
    door: 'datasets',
    access: 'coordinator',
    summary: { fr: 'Lance une compilation.', en: 'Starts a compile.' },
    statuses: [202],
  },
  {
    method: 'GET',
    path: '/v1/compile/{runId}',
    operation: 'getCompile',
    door: 'datasets',
    access: 'coordinator',
    summary: { fr: 'Où en est une compilation.', en: 'How a compile stands.' },
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/coverage',
    operation: 'getCoverage',
    door: 'datasets',
    access: 'coordinator',
    summary: { fr: 'Qui a répondu à quoi.', en: 'Who has answered what.' },
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/duplicates',
    operation: 'getDuplicates',
    door: 'datasets',
    access: 'coordinator',
    summary: {
      fr: 'Les organisations et initiatives qui ont probablement deux noms.',
      en: 'Organisations and initiatives that are likely to have two names.',
    },
    statuses: [200],
  },
  {
    method: 'GET',
    path: '/v1/coverage/reminders',
    operation: 'listReminders',
    door: 'datasets',
    access: 'coordinator',
    summary: {
      fr: 'Un rappel prêt à envoyer par organisation.',
      en: 'A reminder ready to send for each organisation.',
    },
    statuses: [200],
  },
  {
    method: 'GET',
    path: `${key}/formList`,
    operation: 'getFormList',
    door: 'openrosa',
    access: 'any-token',
    key: true,
    summary: { fr: 'OpenRosa: les fiches.', en: 'OpenRosa: the forms.' },
    produces: ['text/xml', 'application/xml'],
    statuses: [200],
  },
  {
    method: 'GET',
    path: `${key}/forms/{formId}/form.xml`,
    operation: 'getKeyXForm',
    door: 'openrosa',
    access: 'any-token',
    key: true,
    summary: { fr: 'OpenRosa: une fiche.', en: 'OpenRosa: a form.' },
    produces: ['text/xml', 'application/xml'],
    statuses: [200],
  },
  {
    method: 'GET',
    path: `${key}/forms/{formId}/manifest`,
    operation: 'getManifest',
    door: 'openrosa',
    access: 'any-token',
    key: true,
    summary: { fr: 'OpenRosa: les fichiers d’une fiche.', en: 'OpenRosa: the files of a form.' },
    produces: ['text/xml', 'application/xml'],
    statuses: [200],
  },
  {
    method: 'GET',
    path: `${key}/forms/{formId}/media/{file}`,
    operation: 'getKeyMedia',
    door: 'openrosa',
    access: 'any-token',
    key: true,
    summary: { fr: 'OpenRosa: un fichier d’une fiche.', en: 'OpenRosa: a file of a form.' },
    produces: 'any',
    statuses: [200],
  },
  {
    method: 'HEAD',
    path: `${key}/submission`,
    operation: 'headKeySubmission',
    door: 'openrosa',
    access: 'any-token',
    key: true,
    summary: { fr: 'OpenRosa: où envoyer.', en: 'OpenRosa: where to send.' },
    produces: 'any',
    statuses: [204],
  },
  {
    method: 'POST',
    path: `${key}/submission`,
    operation: 'createKeySubmission',
    door: 'openrosa',
    access: 'any-token',
    key: true,
    summary: { fr: 'OpenRosa: envoie une fiche remplie.', en: 'OpenRosa: sends a filled form.' },
    accepts: ['multipart/form-data'],
    maxBytes: 4_500_000,
    produces: ['text/xml', 'application/xml'],
    statuses: [201, 202],
  },
  {
    method: 'GET',
    path: odata,
    operation: 'getFeed',
    door: 'datasets',
    access: 'any-token',
    slash: true,
    basic: true,
    summary: { fr: 'OData: les tables d’un jeu.', en: 'OData: the tables of a dataset.' },
    statuses: [200],
    produces: 'any',
  },
  {
    method: 'GET',
    path: `${odata}/{resource+}`,
    operation: 'getFeedResource',
    door: 'datasets',
    access: 'any-token',
    basic: true,
    summary: {
      fr: 'OData: $metadata, lignes d’une table, une ligne, leur nombre.',
      en: 'OData: $metadata, rows of a table, one row, how many there are.',
    },
    statuses: [200],
    produces: 'any',
  },
] as const satisfies readonly Route[];

type AnyRoute = (typeof routes)[number];

/** The operations of one door: a handler table that misses one does not compile. */
export type OperationOf<D extends Door> = Extract<AnyRoute, { door: D }>['operation'];

export type Operation = AnyRoute['operation'];
