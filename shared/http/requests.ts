import * as z from 'zod';
import { Organisation } from '../access/organisations.ts';
import { TokenRequest } from '../access/tokens.ts';
import { audiences } from '../form/model.ts';
import { FormId, InstanceId, OrgId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { AliasDecision } from '../deduplication/same-as.ts';
import { Review, submissionStates } from '../submission/records/submission.ts';
import type { RequestSchema } from './endpoint.ts';
import type { Operation } from './routes.ts';

/** The most items that a page of a list may have. */
const mostPerPage = 200;

const PathPart = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/);
const Version = z.string().min(1).max(200);
/** What a list gave as `next`. */
const Cursor = z.string().regex(/^[A-Za-z0-9_-]{1,4000}$/);
const Limit = z.coerce.number().int().min(1).max(mostPerPage);

/** A moment, with any offset, or a day; as ISO 8601 UTC with milliseconds, which sorts as text. */
const Moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform((text) => new Date(text).toISOString());

/**
 * Answers, or a definition, are checked by the form's own rules: here only that it is an object,
 * without a copy of it.
 */
const AnyObject = z
  .custom<JsonObject>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  )
  .meta({ type: 'object' });

const fileName = String.raw`^(?!\.{1,2}$)[^/\\\u0000-\u001f\u007f]{1,255}$`;

/** The name of a file: one step of a path, as people name files. */
const FileName = z.string().regex(new RegExp(fileName, 'u'));

/** The token in the path is the door's business; what else a phone adds to the address is not ours. */
const key = {
  token: z.string().meta({ description: 'A token, for clients that cannot send a header.' }),
};
const anyQuery = z.looseObject({});

/** OData 4.0. What they may say, the feed itself reads: it answers more exactly what is wrong where. */
const feedOptions = z.looseObject(
  Object.fromEntries(
    (
      [
        ['$filter', "Which rows, such as `age gt 12 and contains(name,'a')`."],
        ['$select', 'Which properties.'],
        ['$expand', 'Rows of repeats, or the row above, with each row; `*` for all.'],
        ['$orderby', 'In which order.'],
        ['$top', 'How many rows at most.'],
        ['$skip', 'How many rows to pass over.'],
        ['$count', '`true`: how many rows there are, in `@odata.count`.'],
        ['$skiptoken', 'Where a page goes on: from `@odata.nextLink`, opaque.'],
        ['$format', '`json`; of `$metadata`, `xml`.'],
        ['$wkt', '`true`: places as WKT text instead of GeoJSON.'],
      ] as const
    ).map(([name, description]) => [name, z.string().optional().meta({ description })]),
  ),
);

const nothing = z.strictObject({});
const noBody = z.undefined();
const paging = { cursor: Cursor.optional(), limit: Limit.optional() };

const form = z.strictObject({ formId: FormId });
const keyForm = z.strictObject({ ...key, formId: FormId });
const submission = z.strictObject({ formId: FormId, instanceId: InstanceId });
const organisation = z.strictObject({ orgId: OrgId });
const dataset = z.strictObject({ datasetId: FormId });

const answers = { formVersion: Version.optional(), answers: AnyObject };
const version = z.strictObject({ version: Version.optional() });

/** A file that a client means to send for a submission: `sha256` in hex, `type` a media type. */
const UploadRequest = z.strictObject({
  file: FileName,
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  type: z.string().regex(/^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/),
});

/** Path, query and body of every operation. Built once: nothing is built per request. */
export const requests = {
  getHealth: { path: nothing, query: nothing, body: noBody },
  getOpenApi: { path: nothing, query: nothing, body: noBody },
  getMe: { path: nothing, query: nothing, body: noBody },

  listForms: { path: nothing, query: nothing, body: noBody },
  getForm: { path: form, query: version, body: noBody },
  getFormSchema: { path: form, query: version, body: noBody },
  getFormWorkbook: { path: form, query: version, body: noBody },
  getXForm: { path: form, query: version, body: noBody },
  getMedia: { path: form.extend({ file: FileName }), query: version, body: noBody },
  // The library says what a form may be called; a 404 would not.
  putDraft: {
    path: z.strictObject({ formId: PathPart }),
    query: nothing,
    body: z.union([z.string(), z.instanceof(Uint8Array), AnyObject]),
  },
  getDraftChanges: { path: form, query: nothing, body: noBody },
  putMedia: {
    path: form.extend({ file: FileName }),
    query: nothing,
    body: z.instanceof(Uint8Array),
  },
  deleteMedia: { path: form.extend({ file: FileName }), query: nothing, body: noBody },
  publishForm: { path: form, query: nothing, body: noBody },
  closeForm: { path: form, query: nothing, body: noBody },

  createSubmission: {
    path: form,
    query: nothing,
    body: z.strictObject({ instanceId: InstanceId, ...answers }),
  },
  listSubmissions: {
    path: form,
    query: z.strictObject({
      state: z.enum(submissionStates).optional(),
      organisation: OrgId.optional(),
      since: Moment.optional(),
      ...paging,
    }),
    body: noBody,
  },
  getSubmission: { path: submission, query: nothing, body: noBody },
  editSubmission: { path: submission, query: nothing, body: z.strictObject(answers) },
  withdrawSubmission: { path: submission, query: nothing, body: noBody },
  listRevisions: { path: submission, query: z.strictObject(paging), body: noBody },
  reviewSubmission: {
    path: submission,
    query: nothing,
    body: z.strictObject({
      decision: Review.shape.decision,
      note: z.string().trim().min(1).max(5000).optional(),
    }),
  },
  eraseSubmission: { path: submission, query: nothing, body: noBody },
  requestUpload: { path: submission, query: nothing, body: UploadRequest },
  getAttachment: {
    path: submission.extend({ file: FileName }),
    query: nothing,
    body: noBody,
  },
  listQuarantine: { path: form, query: z.strictObject(paging), body: noBody },

  listOrganisations: { path: nothing, query: nothing, body: noBody },
  createOrganisation: {
    path: nothing,
    query: nothing,
    body: Organisation.extend({ state: Organisation.shape.state.default('active') }),
  },
  getOrganisation: { path: organisation, query: nothing, body: noBody },
  putOrganisation: {
    path: organisation,
    query: nothing,
    body: Organisation.extend({ id: OrgId.optional() }),
  },
  createToken: {
    path: organisation,
    query: nothing,
    body: TokenRequest,
  },
  revokeToken: {
    path: z.strictObject({ orgId: OrgId, tokenId: PathPart }),
    query: nothing,
    body: noBody,
  },

  listAliases: { path: nothing, query: nothing, body: noBody },
  putAlias: {
    path: z.strictObject({ aliasId: PathPart }),
    query: nothing,
    body: AliasDecision,
  },
  deleteAlias: { path: z.strictObject({ aliasId: PathPart }), query: nothing, body: noBody },

  listDatasets: { path: nothing, query: nothing, body: noBody },
  getDataset: { path: dataset, query: version, body: noBody },
  listDatasetVersions: { path: dataset, query: nothing, body: noBody },
  getDatasetChanges: {
    path: dataset,
    query: z.strictObject({ from: PathPart.optional(), to: PathPart.optional(), ...paging }),
    body: noBody,
  },
  getDatasetFile: {
    path: z.strictObject({ datasetId: FormId, file: PathPart }),
    query: z.strictObject({
      version: PathPart.optional(),
      audience: z.enum(audiences).optional(),
      labels: z.string().max(100).optional().meta({
        description: 'Of a CSV or XLSX file: labels instead of codes, in this language.',
      }),
      multiples: z.enum(['joined', 'split']).optional().meta({
        description:
          '`split`: of a CSV file, a column of 0 and 1 for each choice of a `select_multiple`.',
      }),
    }),
    body: noBody,
  },
  getAttachmentsArchive: {
    path: dataset,
    query: z.strictObject({ audience: z.enum(audiences).exclude(['public']).optional() }),
    body: noBody,
  },
  startCompile: { path: nothing, query: nothing, body: noBody },
  getCompile: { path: z.strictObject({ runId: PathPart }), query: nothing, body: noBody },
  getDuplicates: { path: nothing, query: nothing, body: noBody },
  getCoverage: { path: nothing, query: nothing, body: noBody },
  listReminders: {
    path: nothing,
    query: z.strictObject({ language: z.enum(['fr', 'en']).optional() }),
    body: noBody,
  },

  // Options without `$` are none of OData's: they are let be, as its protocol wants.
  getFeed: { path: dataset, query: feedOptions, body: noBody },
  getFeedResource: {
    path: dataset.extend({ resource: z.string().max(2000) }),
    query: feedOptions,
    body: noBody,
  },

  getFormList: {
    path: z.strictObject(key),
    query: z.looseObject({ formID: z.string().optional() }),
    body: noBody,
  },
  getKeyXForm: { path: keyForm, query: version.loose(), body: noBody },
  getManifest: { path: keyForm, query: version.loose(), body: noBody },
  getKeyMedia: {
    path: keyForm.extend({ file: FileName }),
    query: version.loose(),
    body: noBody,
  },
  headKeySubmission: { path: z.strictObject(key), query: anyQuery, body: noBody },
  createKeySubmission: {
    path: z.strictObject(key),
    query: anyQuery,
    body: z.instanceof(Uint8Array),
  },
} as const satisfies Readonly<Record<Operation, RequestSchema>>;
