import { hash } from 'node:crypto';
import type { FormInput } from '../rows/form-input.ts';
import type { SegmentPointer } from '../segments/segment-pointer.ts';

/** By form: which segments a version was made from. */
export function sourcesOf(forms: readonly FormInput[]): Readonly<Record<string, string>> {
  return Object.fromEntries(forms.map(({ form, segments }) => [form.formId, sourceOf(segments)]));
}

export function sourceOf(segments: readonly Pick<SegmentPointer, 'sha256'>[]): string {
  return hash('sha256', segments.map(({ sha256 }) => sha256).join('\n'));
}
