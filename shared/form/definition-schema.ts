import * as z from 'zod';
import { maxRows, type FormDefinition } from './definition.ts';

// Apart from the types, for what runs in a browser brings no schema library.

export const CellSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const RowSchema = z.record(z.string(), CellSchema);

const Sheet = z.array(RowSchema).max(maxRows);

export const FormDefinitionSchema = z.object({
  survey: Sheet,
  choices: Sheet.default([]),
  settings: RowSchema.default({}),
  entities: Sheet.optional(),
  external_choices: Sheet.optional(),
  files: z.record(z.string(), Sheet).optional(),
}) satisfies z.ZodType<FormDefinition>;
