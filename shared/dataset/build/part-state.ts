import * as z from 'zod';
import { FormRecord } from '../../form/library/form-record.ts';
import { audiences } from '../../form/model.ts';
import { FileEntry } from '../versions/version-manifest.ts';
import { SegmentPointer } from '../segments/segment-pointer.ts';
import { HashState } from '../versions/resumable-sha256.ts';

/** What building has come to when a part ends. */
export const BuildState = z.object({
  /** The last record that was written. */
  lastId: z.string(),
  records: z.int(),
  rows: z.partialRecord(z.enum(audiences), z.int()),
  withheld: z.object({ notAccepted: z.int(), noConsent: z.int(), belowK: z.int() }),
  /** What the public head has signed: see PublicHead. */
  signed: HashState.nullable().default(null),
  /** What the writers have saved, by `<audience>/<format>`. */
  formats: z.record(z.string(), z.json()),
});
export type BuildState = z.infer<typeof BuildState>;

/** A file as far as it was written. */
const FileState = z.object({
  bytes: z.int(),
  rows: z.int(),
  hash: HashState,
  /** Keys of the objects whose bytes, one after the other, it has. */
  parts: z.array(z.string()),
});
export type FileState = z.infer<typeof FileState>;

const Owner = z.enum([...audiences, 'internal']);

/** What the files have come to: those that are still to be gone on with, by `<owner>/<name>`, and those that are whole. */
export const FilesState = z.object({
  begun: z.record(z.string(), FileState),
  whole: z.array(z.object({ owner: Owner, entry: FileEntry })),
});
export type FilesState = z.infer<typeof FilesState>;

/** What the next part has to know of those before. */
export const PartState = z.object({
  /** How many parts are done. */
  done: z.int().min(1),
  build: BuildState,
  files: FilesState,
});
export type PartState = z.infer<typeof PartState>;

/** A version that is being made in parts: all parts are made from the same inputs. */
export const PartPlan = z.object({
  /** Of the dataset's pointer before the first part was begun; 0: there was none. */
  revision: z.int(),
  again: z.boolean(),
  fingerprint: z.string(),
  form: FormRecord,
  segments: z.array(SegmentPointer),
  state: PartState,
});
export type PartPlan = z.infer<typeof PartPlan>;
