import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../shared/json.ts';
import {
  attachmentPointers,
  attachmentsAt,
  questionAt,
  withFacts,
} from '../../../../../shared/submission/records/attachments.ts';
import { compileSource } from '../../../../support/form-source.ts';

const { model } = compileSource({
  survey: [
    { type: 'image', name: 'toString' },
    { type: 'begin_group', name: 'file' },
    { type: 'text', name: 'file' },
    { type: 'file', name: 'paper' },
    { type: 'end_group' },
    { type: 'begin_repeat', name: 'sites' },
    { type: 'text', name: 'place' },
    { type: 'begin_repeat', name: 'photos' },
    { type: 'image', name: 'photo' },
    { type: 'end_repeat' },
    { type: 'end_repeat' },
  ],
});
if (model === undefined) throw new Error('no model');
const facts = { sha256: 'a'.repeat(64), bytes: 3, type: 'image/png' };
const bare = (file: string): JsonObject => ({ file });

describe('attachments', () => {
  it('are found in groups and in repeats of repeats, and nothing else is', () => {
    const answers: JsonObject = {
      toString: bare('1.jpg'),
      file: { file: 'a text', paper: { file: '2.pdf', ...facts } },
      sites: [
        { place: 'x', photos: [{ photo: bare('3.jpg') }, {}] },
        {},
        { photos: [{}, { photo: bare('4.jpg') }] },
      ],
    };
    const pointers = attachmentPointers(model, answers);
    expect(attachmentsAt(answers, pointers)).toEqual([
      { pointer: '/toString', file: '1.jpg', facts: undefined },
      { pointer: '/file/paper', file: '2.pdf', facts },
      { pointer: '/sites/0/photos/0/photo', file: '3.jpg', facts: undefined },
      { pointer: '/sites/2/photos/1/photo', file: '4.jpg', facts: undefined },
    ]);
    expect(pointers.map((pointer) => questionAt(model, pointer)?.name)).toEqual([
      'toString',
      'paper',
      'photo',
      'photo',
    ]);
  });

  it('are none where nothing was answered', () => {
    expect(attachmentPointers(model, {})).toEqual([]);
    expect(attachmentPointers(model, { file: { file: 'x' }, sites: [] })).toEqual([]);
  });

  it('are given their facts, each by its name, and nothing else changes', () => {
    const rows = fc.array(fc.array(fc.option(fc.constantFrom('a', 'b', 'c')), { maxLength: 4 }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(rows, fc.constantFrom('a', 'b', 'c'), (sites, known) => {
        const of = (fill: (file: string) => JsonObject): JsonObject => ({
          sites: sites.map((photos) => ({
            place: 'x',
            photos: photos.map((file) => (file === null ? {} : { photo: fill(file) })),
          })),
        });
        const answers = of(bare);
        const before = JSON.stringify(answers);
        const pointers = attachmentPointers(model, answers);
        const filled = withFacts(answers, pointers, ({ file }) =>
          file === known ? facts : undefined,
        );
        expect(filled).toEqual(of((file) => (file === known ? { file, ...facts } : bare(file))));
        expect(JSON.stringify(answers)).toBe(before);
        expect(attachmentPointers(model, filled)).toEqual(pointers);
      }),
    );
  });
});
