import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contradicts, takesType } from '../../../../../shared/form/validate/attachment-types.ts';
import type { QuestionType } from '../../../../../shared/form/types/question-types.ts';
import {
  sniffedBytes,
  sniffType,
} from '../../../../../shared/submission/attachments/sniff-type.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').toString('latin1');

describe('sniffType', () => {
  it.each([
    ['ÿØÿà\0\u0010JFIF', 'photo.html', 'image/jpeg'],
    [png, 'x', 'image/png'],
    ['%PDF-1.7\n', 'x.jpg', 'application/pdf'],
    ['MZ\u0090\0\u0003\0', 'photo.jpg', 'application/x-msdownload'],
    ['\u007fELF\u0002\u0001\u0001\0\0\0\0\0', 'photo.jpg', 'application/x-elf'],
    ['event,node\n1,2\n', 'audit.csv', 'text/csv'],
    ['événement;nœud\n', 'notes.TXT', 'text/plain'],
    ['ÿþe\0v\0e\0n\0t\0', 'audit.csv', 'text/plain'],
    ['{"a": 1}', 'points.geojson', 'application/json'],
    ['<!DOCTYPE html>', 'photo.jpg', 'text/html'],
    ['\r\n \t<HTML>', 'photo.jpg', 'text/html'],
    ['<!-- a photo --><script>', 'photo.jpg', 'text/html'],
    ['<script src="//x">', 'photo.jpg', 'text/html'],
    ['ï»¿<body>', 'photo.jpg', 'text/html'],
    ['ÿþ<\0h\0t\0m\0l\0>\0', 'photo.jpg', 'text/html'],
    ['<svg onload="x">', 'photo.svg', 'image/svg+xml'],
    ['<?xml version="1.0"?>\n<!-- x -->\n<svg:svg>', 'photo.svg', 'image/svg+xml'],
    ['<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x"><svg>', 'x', 'image/svg+xml'],
    ['<?xml version="1.0"?><html>', 'x', 'application/xhtml+xml'],
    ['<?xml version="1.0"?><kml>', 'x.kml', 'application/xml'],
    ['#!/bin/sh\nrm -rf /', 'photo.jpg', 'text/x-shellscript'],
    ['a < b and <b>', 'notes.txt', 'text/plain'],
    ['', 'nothing.jpg', undefined],
    ['\u0001\u0002\u0003\u0004nonsense', 'a.csv', undefined],
  ])('recognises %j, called %s, as %s', async (content, name, type) => {
    expect(await sniffType(Buffer.from(content, 'latin1'), name)).toBe(type);
  });

  it('never throws, and looks at no more than the first bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.string(), async (bytes, name) => {
        const type = await sniffType(bytes, name);
        if (type !== undefined) expect(type).toMatch(/^[a-z]+\/[a-z0-9.+-]+$/);
      }),
    );
    const start = Buffer.from('x'.repeat(sniffedBytes));
    const binary = Buffer.concat([start, Buffer.alloc(100)]);
    expect(await sniffType(binary, 'a.txt')).toBe('text/plain');
  });
});

describe('a question', () => {
  const limits = { maxBytes: 1, types: undefined };
  const cases: readonly (readonly [QuestionType, string | undefined, boolean])[] = [
    ['image', 'image/jpeg', true],
    ['image', 'image/heic', true],
    ['image', undefined, true],
    ['image', 'image/svg+xml', false],
    ['image', 'text/html', false],
    ['image', 'text/plain', false],
    ['image', 'application/pdf', false],
    ['image', 'application/x-msdownload', false],
    ['audio', 'audio/amr', true],
    ['audio', 'video/mp4', true],
    ['audio', 'image/png', false],
    ['background-audio', 'audio/x-m4a', true],
    ['video', 'video/3gpp', true],
    ['video', 'text/html', false],
    ['audit', 'text/csv', true],
    ['audit', 'text/plain', true],
    ['audit', 'image/png', false],
    ['file', 'application/pdf', true],
    ['file', 'application/zip', true],
    ['file', 'application/x-cfb', true],
    ['file', 'text/html', false],
    ['file', 'application/x-elf', false],
    ['file', 'text/x-shellscript', false],
  ];

  it.each(cases)('of type %s, given bytes of type %s, is content: %s', (type, sniffed, fine) => {
    expect(contradicts({ type }, limits, sniffed)).toBe(!fine);
  });

  it('takes for documents what the form names, and what the bytes cannot tell from that', () => {
    const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
    const types = [docx, 'application/pdf', 'text/csv'];
    const restricted = { maxBytes: 1, types };
    const file = { type: 'file' } as const;
    for (const type of types) expect(takesType(file, restricted, type)).toBe(true);
    for (const type of ['image/png', 'application/zip', 'text/html']) {
      expect(takesType(file, restricted, type)).toBe(false);
    }
    for (const sniffed of ['application/zip', 'text/plain', 'application/pdf']) {
      expect(contradicts(file, restricted, sniffed)).toBe(false);
    }
    for (const sniffed of ['image/png', 'application/x-cfb', 'text/html', 'image/svg+xml']) {
      expect(contradicts(file, restricted, sniffed)).toBe(true);
    }
    expect(takesType(file, { maxBytes: 1, types: ['image/*'] }, 'image/svg+xml')).toBe(false);
    expect(takesType(file, { maxBytes: 1, types: ['image/svg+xml'] }, 'image/svg+xml')).toBe(true);
  });
});
