import * as z from 'zod';
import { Organisation } from '../../access/organisation-records.ts';
import { TokenRequest } from '../../access/tokens.ts';
import { audiences } from '../../form/model.ts';
import { FormId, InstanceId, OrgId } from '../../ids.ts';
import type { JsonObject } from '../../json.ts';
import { AliasDecision } from '../../deduplication/same-as.ts';
import { Review, submissionStates } from '../../submission/records/submission.ts';

export { looseObject, strictObject, string, enum as oneOf } from 'zod';
export { AliasDecision, FormId, InstanceId, Organisation, OrgId, TokenRequest };

export const SubmissionState = z.enum(submissionStates);
export const ReviewDecision = Review.shape.decision;
export const ReviewNote = z.string().trim().min(1).max(5000);

/** The most items that a page of a list may have. */
const mostPerPage = 200;

export const PathPart = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/);
const Version = z.string().min(1).max(200);
/** What a list gave as `next`. */
const Cursor = z.string().regex(/^[A-Za-z0-9_-]{1,4000}$/);
const Limit = z.coerce.number().int().min(1).max(mostPerPage);

/** A moment, with any offset, or a day; as ISO 8601 UTC with milliseconds, which sorts as text. */
export const Moment = z
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

/**
 * OData 4.0. What they may say, the feed itself reads: it answers more exactly what is wrong where.
 * Options without `$` are none of OData's: they are let be, as its protocol wants.
 */
export const feedQuery = z.looseObject(
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

/** What each name in a path stands for. */
export const pathParameters = {
  formId: FormId,
  instanceId: InstanceId,
  orgId: OrgId,
  datasetId: FormId,
  aliasId: PathPart,
  runId: PathPart,
  tokenId: PathPart,
  file: FileName,
  resource: z.string().max(2000),
  // What it is worth, the door finds out.
  token: z.string().meta({ description: 'A token, for clients that cannot send a header.' }),
};

export const paging = { cursor: Cursor.optional(), limit: Limit.optional() };
export const pageQuery = z.strictObject(paging);
export const versionQuery = z.strictObject({ version: Version.optional() });
/** The same from phones, which add to an address what is not ours. */
export const phoneVersionQuery = versionQuery.loose();
export const anyQuery = z.looseObject({});

export const bytes = z.instanceof(Uint8Array);
export const answers = { formVersion: Version.optional(), answers: AnyObject };

/** Which part of the datasets: what the caller's role sees if it is absent. */
export const Audience = z.enum(audiences);

/** A form as YAML, a workbook, or JSON. */
export const Draft = z.union([z.string(), bytes, AnyObject]);

/** A file that a client means to send for a submission: `sha256` in hex, `type` a media type. */
export const UploadRequest = z.strictObject({
  file: FileName,
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  type: z.string().regex(/^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/),
});
