import type { FormIssues } from '../issues/form-issues.ts';
import type { AttachmentLimits } from '../model.ts';
import type { SheetRow } from './sheet.ts';

/** What phones take in a day of photos goes through; a film of an hour does not. */
const defaultMegabytes = 50;
const maxMegabytes = 1_000;
const mediaType = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,100}\/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,100})$/;

/** Reads the settings `attachment_max_mb` (of 1,000,000 bytes) and `attachment_types`. */
export function readAttachmentLimits(row: SheetRow, issues: FormIssues): AttachmentLimits {
  const size = row.text('attachment_max_mb');
  const megabytes = /^\d{1,4}(?:\.\d{1,3})?$/.test(size) ? Number(size) : Number.NaN;
  const fits = megabytes >= 0.1 && megabytes <= maxMegabytes;
  if (size !== '' && !fits) issues.add('bad-attachment-max', row.place('attachment_max_mb'), size);
  const types = row
    .text('attachment_types')
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter(Boolean);
  const wrong = types.find((type) => !mediaType.test(type));
  if (wrong !== undefined) {
    issues.add('bad-attachment-type', row.place('attachment_types'), wrong);
  }
  return {
    maxBytes: Math.round((fits ? megabytes : defaultMegabytes) * 1_000_000),
    types: types.length === 0 ? undefined : [...new Set(types)],
  };
}
