import * as z from 'zod';
import { Risk } from './risk.ts';

export const FileEntry = z.object({
  name: z.string(),
  mediaType: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  rows: z.int(),
});
export type FileEntry = z.infer<typeof FileEntry>;

const AudienceEntry = z.object({
  rows: z.int(),
  files: z.array(FileEntry),
  /** Of public files, what they call their version, and the day of the last public change. Versions of before do not say it. */
  version: z.exactOptional(z.string()),
  cutOff: z.exactOptional(z.iso.date()),
});

/** What one immutable version of a dataset holds. Stored beside its files and served as it is. */
export const Manifest = z.object({
  dataset: z.string(),
  version: z.string(),
  previous: z.string().nullable(),
  cutOff: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  forms: z.array(z.object({ formId: z.string(), versions: z.array(z.string()) })),
  audiences: z.partialRecord(z.enum(['public', 'members', 'coordinator']), AudienceEntry),
  /** How many live records each audience does not see, by reason. */
  withheld: z.record(z.string(), z.int()),
  /** How easily the public files could tell of someone; null: the form marks no quasi-identifier. */
  risk: Risk.nullable().default(null),
  /** Files that the dataset is too large for, and why: what they hold is in the others. */
  omitted: z
    .array(
      z.object({
        audience: z.enum(['public', 'members', 'coordinator']),
        file: z.string(),
        reason: z.object({ fr: z.string(), en: z.string() }),
      }),
    )
    .default([]),
  /** Files that compile and the doors need: in no answer. Versions of before have none. */
  internal: z.array(FileEntry).default([]),
});
export type Manifest = z.infer<typeof Manifest>;
