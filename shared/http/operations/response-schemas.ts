import * as z from 'zod';
import { Organisation } from '../../access/organisation-records.ts';
import { Manifest } from '../../dataset/versions/version-manifest.ts';
import { Duplicates } from '../../dataset/derived/read-duplicates.ts';
import { CellSchema, FormDefinitionSchema } from '../../form/definition-schema.ts';
import { audiences } from '../../form/model.ts';
import { FormId, InstanceId, OrgId } from '../../ids.ts';
import { AliasDecision } from '../../deduplication/same-as.ts';
import { submissionStates } from '../../submission/records/submission.ts';

export { Duplicates, FormDefinitionSchema, Manifest, Organisation };

// Objects are loose: fields may be added to what is answered, never renamed or removed.

const Time = z.iso.datetime();
const Text = z.string();
const Pointer = z.string().meta({ description: 'JSON pointer (RFC 6901) into the body.' });
const Bilingual = z.object({ fr: z.string(), en: z.string() });
const Answers = z.custom<object>().meta({ type: 'object' });

export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.looseObject({ items: z.array(item), next: z.string().nullable() });

const ReportedIssue = z.looseObject({ pointer: Pointer, code: z.string(), message: z.string() });

const Place = { sheet: z.string(), row: z.int(), column: z.string() };

export const Submission = z.looseObject({
  instanceId: InstanceId,
  formId: FormId,
  formVersion: z.string(),
  revision: z.int(),
  state: z.enum(submissionStates),
  organisation: OrgId,
  receivedAt: Time,
  updatedAt: Time,
  answers: Answers,
  issues: z.array(z.looseObject({ pointer: Pointer, code: Text, message: Bilingual })),
  review: z
    .looseObject({
      decision: z.enum(['accept', 'needs-changes', 'reject']),
      note: z.string().optional(),
      at: Time,
    })
    .optional(),
  attachments: z.array(
    z.looseObject({
      file: z.string(),
      sha256: z.string().nullable(),
      bytes: z.int().nullable(),
      type: z.string().nullable(),
      state: z.enum(['stored', 'missing']),
    }),
  ),
});

const FormChange = z.looseObject({
  code: Text,
  severity: z.enum(['info', 'warning']),
  question: z.string().nullable(),
  message: z.string(),
});

const FormFile = z.looseObject({
  file: z.string(),
  use: z.enum(['list', 'media', 'unused']),
  present: z.boolean(),
  bytes: z.int().nullable(),
  sha256: z.string().nullable(),
});

export const FormSummary = z.looseObject({
  formId: FormId,
  version: z.string().nullable(),
  state: z.enum(['draft', 'published', 'closed']),
  versions: z.array(z.looseObject({ version: z.string(), publishedAt: Time })),
  title: z.record(z.string(), z.string()).meta({ description: 'By language code.' }),
  audience: z.enum(['members', 'coordinator', 'anyone']),
  files: z.array(FormFile).optional(),
});

const Sheet = z.array(z.record(z.string(), CellSchema));

export const Form = FormSummary.extend({
  definition: z.looseObject({
    survey: Sheet,
    choices: Sheet,
    settings: z.record(z.string(), CellSchema),
  }),
});

export const Revision = z.looseObject({
  revision: z.int(),
  state: z.enum(submissionStates),
  updatedAt: Time,
  differences: z.array(
    z.looseObject({ pointer: Pointer, before: z.unknown(), after: z.unknown() }),
  ),
});

export const Coverage = z.looseObject({
  asOf: z.iso.date(),
  forms: z.array(
    z.looseObject({
      formId: FormId,
      title: z.record(z.string(), z.string()),
      due: z.string().nullable(),
      expected: z.int(),
      answered: z.int(),
      overdue: z.int(),
      organisations: z.array(
        z.looseObject({
          id: z.string(),
          name: z.string(),
          state: z.enum(['answered', 'draft', 'none', 'overdue']),
          submissions: z.int(),
          firstAt: Time.nullable(),
          lastAt: Time.nullable(),
          onTime: z.boolean().nullable(),
          daysOverdue: z.int().nullable(),
          needsChanges: z.int(),
          completeness: z.looseObject({ asked: z.int(), answered: z.int() }).nullable(),
        }),
      ),
    }),
  ),
});

export const ListedVersion = z.looseObject({
  version: z.string(),
  cutOff: Time,
  createdAt: Time,
  state: z.enum(['published', 'withdrawn', 'expired']),
  reason: z.string().optional(),
  withdrawnAt: Time.optional(),
  expiredAt: Time.optional(),
  files: z
    .array(
      z.looseObject({
        audience: z.enum(audiences),
        name: z.string(),
        bytes: z.int(),
        sha256: z.string(),
      }),
    )
    .optional(),
});

const ChangedQuestion = z.looseObject({
  header: z.string(),
  kind: z.string(),
  label: z.record(z.string(), z.string()),
});

export const DatasetChanges = z.looseObject({
  dataset: z.string(),
  from: z.string(),
  to: z.string(),
  counts: z.object({
    added: z.int(),
    changed: z.int(),
    removed: z.int(),
    unchanged: z.int(),
  }),
  complete: z.boolean(),
  questions: z.object({
    added: z.array(ChangedQuestion),
    removed: z.array(ChangedQuestion),
    changed: z.array(ChangedQuestion),
  }),
  items: z.array(
    z.object({
      id: z.string(),
      change: z.enum(['added', 'changed', 'removed']),
      questions: z.array(z.string()),
    }),
  ),
  next: z.string().nullable(),
});

export const Alias = z.looseObject({ id: Text, ...AliasDecision.shape });

export const Run = z.looseObject({
  runId: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  startedAt: Time,
  endedAt: Time.nullable(),
  datasets: z.array(
    z.looseObject({
      dataset: z.string(),
      version: z.string().nullable(),
      rows: z.int(),
      changed: z.boolean(),
    }),
  ),
  error: z.string().optional(),
});

const ProblemError = z.looseObject({
  pointer: Pointer,
  code: z.string(),
  message: z.string(),
  sheet: z.string().optional(),
  row: z.int().optional(),
  column: z.string().optional(),
});

export const Health = z.looseObject({
  status: z.literal('ok'),
  time: Time,
  version: z.string(),
});
export const OpenApi = z.looseObject({ openapi: z.string() });
export const Me = z.looseObject({
  role: z.enum(['member', 'coordinator']),
  organisation: OrgId,
  name: z.string(),
});

export const AnswersSchema = z.looseObject({ type: z.literal('object') });
export const StoredDraft = z.looseObject({
  formId: FormId,
  version: z.string(),
  warnings: z.array(z.looseObject({ ...Place, code: z.string(), message: z.string() })),
  changes: z.array(FormChange),
  files: z.array(FormFile),
});
export const DraftChanges = z.looseObject({ version: z.string(), changes: z.array(FormChange) });
export const StoredFile = z.looseObject({
  file: z.string(),
  bytes: z.int(),
  sha256: z.string(),
});
export const PublishedForm = FormSummary.extend({ changes: z.array(FormChange) });

export const Received = z.looseObject({
  instanceId: InstanceId,
  revision: z.int(),
  receivedAt: Time,
  warnings: z.array(ReportedIssue),
});
export const EditedSubmission = Submission.extend({ warnings: z.array(ReportedIssue) });
export const Upload = z.looseObject({
  file: z.string(),
  stored: z.boolean(),
  state: z.enum(submissionStates),
  missing: z.array(z.string()),
  upload: z
    .looseObject({
      method: z.literal('PUT'),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      expiresAt: Time,
    })
    .nullable(),
});
export const Quarantined = z.looseObject({ instanceId: InstanceId });

export const MadeToken = z.looseObject({
  tokenId: z.string(),
  token: z.string(),
  expiresAt: Time.nullable(),
  collectQr: z.string().meta({
    description: 'PNG data URL of the QR code with which ODK Collect sets itself up.',
  }),
});

export const ListedDataset = z.looseObject({ dataset: z.string() });
export const StartedRun = z.looseObject({ runId: z.string() });
export const Reminder = z.looseObject({
  organisation: OrgId,
  name: z.string(),
  contact: z.string().nullable(),
  mailto: z.string().nullable(),
  subject: z.string(),
  text: z.string(),
  forms: z.array(
    z.looseObject({
      formId: FormId,
      state: z.enum(['answered', 'draft', 'none', 'overdue']),
      due: z.string().nullable(),
      daysOverdue: z.int().nullable(),
    }),
  ),
});

/** A refusal, RFC 9457. */
export const ProblemDocument = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().meta({ description: 'Permanent: programs may switch on it.' }),
  detail: z.string().meta({ description: 'French or English, by Accept-Language.' }),
  requestId: z.string(),
  errors: z.array(ProblemError),
  /** Of a form that is refused: what is odd in it beside its errors. */
  warnings: z.array(ProblemError).optional(),
});
