import { describe, expect, it } from 'vitest';
import { FormId } from '../../../../../shared/ids.ts';
import { authoriseSender } from '../../../../../shared/submission/records/open-submission.ts';
import { coordinator, memberA } from '../../../../support/submission-world.ts';

const form = (formId: string) => ({
  formId: FormId.parse(formId),
  revision: 1,
  state: 'published' as const,
  shards: 4,
  title: {},
  audience: 'anyone' as const,
  drafts: [],
  versions: [],
});

describe('authoriseSender', () => {
  it('lets anyone fill in a form for anyone, and nobody but the coordinator its draft', () => {
    expect(() => authoriseSender(form('open'), undefined)).not.toThrow();
    expect(() => authoriseSender(form('open.draft'), undefined)).toThrow('unauthenticated');
    expect(() => authoriseSender(form('open.draft'), memberA)).toThrow('forbidden');
    expect(() => authoriseSender(form('open.draft'), coordinator)).not.toThrow();
  });
});
