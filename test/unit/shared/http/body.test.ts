import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../../shared/fault.ts';
import {
  maxBodyBytes,
  maxNesting,
  parseJson,
  readBody,
  refuseDeepNesting,
} from '../../../../shared/http/body.ts';
import { jsonPointer } from '../../../../shared/http/json-pointer.ts';

const json = ['application/json'] as const;
const yaml = ['application/yaml', 'application/json'] as const;

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
  return 'none';
}

/** How many bytes a refusal says that there may be. */
function mostOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault) return error.extra['most'];
  }
  return undefined;
}

function read(text: string | undefined, contentType?: string, isBase64 = false): string {
  const raw = { text, contentType: contentType ?? 'application/json', isBase64 };
  return codeOf(() => readBody(raw, json));
}

const workbook = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const draft = ['application/yaml', 'application/json', workbook] as const;
const longest = 4_000_000;

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('a body that is no text', () => {
  const bytes = Buffer.from([0x50, 0x4b, 3, 4, 0xff, 0]);

  it.each([
    ['one of the types', draft, workbook, workbook],
    ['any type', ['*/*'], 'Image/PNG', 'image/png'],
    ['text, where any type may come', ['*/*'], 'application/json', 'application/json'],
    ['parts', ['multipart/form-data'], 'multipart/form-data; boundary=x', 'multipart/form-data'],
    ['another charset', ['*/*'], 'text/csv; charset=iso-8859-1', 'text/csv'],
  ])('comes as its bytes: %s', (_, accepted, contentType, mediaType) => {
    const text = bytes.toString('base64');
    const body = readBody({ text, isBase64: true, contentType }, accepted, longest);
    expect(body).toEqual({ mediaType, bytes });
  });

  it('comes as its bytes when the platform took it for text', () => {
    const raw = { text: 'a;é', isBase64: false, contentType: 'text/csv' };
    expect(readBody(raw, ['*/*'])).toEqual({ mediaType: 'text/csv', bytes: Buffer.from('a;é') });
  });

  it.each([
    ['', 'malformed-request'],
    [undefined, 'malformed-request'],
    ['not base64!', 'malformed-request'],
    ['abc', 'malformed-request'],
  ])('of %j is refused', (text, code) => {
    const raw = { text, isBase64: true, contentType: workbook };
    expect(codeOf(() => readBody(raw, draft, longest))).toBe(code);
  });

  it('needs a media type even where any may come', () => {
    for (const contentType of [undefined, '', 'png']) {
      const raw = { text: 'eA==', isBase64: true, contentType };
      expect(codeOf(() => readBody(raw, ['*/*'], longest))).toBe('unsupported-media-type');
    }
  });
});

describe('how long a body may be', () => {
  const asText = (length: number) => ({ text: ' '.repeat(length), isBase64: false });
  const asBase64 = (length: number) => ({
    text: Buffer.alloc(length, ' ').toString('base64'),
    isBase64: true,
  });

  it.each([
    ['a workbook', workbook, draft, longest],
    ['YAML, also where workbooks may be longer', 'application/yaml', draft, maxBodyBytes],
    ['JSON, also where workbooks may be longer', 'application/json', draft, maxBodyBytes],
    ['a file', 'image/png', ['*/*'], longest],
    ['a file of text', 'application/json', ['*/*'], longest],
  ])('depends on what it is: %s', (_, contentType, accepted, most) => {
    for (const form of [asText, asBase64]) {
      const fits = codeOf(() => readBody({ ...form(most), contentType }, accepted, longest));
      expect(fits).not.toBe('body-too-large');
      const raw = { ...form(most + 1), contentType };
      expect(codeOf(() => readBody(raw, accepted, longest))).toBe('body-too-large');
      expect(mostOf(() => readBody(raw, accepted, longest))).toBe(most);
    }
  });
});

describe('the media type of a body', () => {
  it.each([
    ['application/json', 'none'],
    ['APPLICATION/JSON', 'none'],
    ['application/json; charset=utf-8', 'none'],
    ['application/json;charset="UTF-8"', 'none'],
    ['application/json; profile="x"; charset=utf8', 'none'],
    ['application/json; charset=iso-8859-1', 'unsupported-media-type'],
    ['application/json; charset=utf-16', 'unsupported-media-type'],
    ['text/plain', 'unsupported-media-type'],
    ['application/jsonx', 'unsupported-media-type'],
    ['application/x-www-form-urlencoded', 'unsupported-media-type'],
    ['', 'unsupported-media-type'],
    ['nonsense', 'unsupported-media-type'],
  ])('%j gives %s', (contentType, code) => {
    expect(read('{}', contentType)).toBe(code);
  });

  it.each([
    ['gzip', 'unsupported-media-type'],
    ['BR', 'unsupported-media-type'],
    ['identity', 'none'],
    ['', 'none'],
  ])('with the content encoding %j gives %s', (contentEncoding, code) => {
    const raw = { text: '{}', contentType: 'application/json', contentEncoding, isBase64: false };
    expect(codeOf(() => readBody(raw, json))).toBe(code);
  });

  it('is required', () => {
    const raw = { text: '{}', contentType: undefined, isBase64: false };
    expect(codeOf(() => readBody(raw, json))).toBe('unsupported-media-type');
  });
});

describe('the bytes of a body', () => {
  it.each([
    ['nothing', undefined, false, 'malformed-json'],
    ['an empty text', '', false, 'malformed-json'],
    ['half a value', '{"a":', false, 'malformed-json'],
    ['two values', '{} {}', false, 'malformed-json'],
    ['a lone surrogate', '{"a":"\ud800"}', false, 'malformed-json'],
    ['base64 of JSON', Buffer.from('{"a":1}').toString('base64'), true, 'none'],
    ['base64 of JSON with a BOM', Buffer.from('\ufeff{"a":1}').toString('base64'), true, 'none'],
    ['what is no base64', '{"a":1}', true, 'malformed-json'],
    ['cut base64', 'eyJhIjox', true, 'malformed-json'],
    [
      'base64 of no UTF-8',
      Buffer.from([0x22, 0xff, 0x22]).toString('base64'),
      true,
      'malformed-json',
    ],
    ['1 MB', JSON.stringify('x'.repeat(maxBodyBytes - 2)), false, 'none'],
    ['1 MB and a byte', JSON.stringify('x'.repeat(maxBodyBytes - 1)), false, 'body-too-large'],
    ['1 MB of two-byte letters', JSON.stringify('é'.repeat(600_000)), false, 'body-too-large'],
    [
      '1 MB and a byte in base64',
      Buffer.alloc(maxBodyBytes + 1, 0x20).toString('base64'),
      true,
      'body-too-large',
    ],
  ])('that are %s give %s', (_, text, isBase64, code) => {
    expect(read(text, undefined, isBase64)).toBe(code);
  });

  it('of another media type come as text', () => {
    const raw = { text: 'survey: []', contentType: 'application/yaml', isBase64: false };
    expect(readBody(raw, yaml)).toEqual({ mediaType: 'application/yaml', text: 'survey: []' });
  });

  it('say nothing of what was sent when they are refused', () => {
    expect(() => parseJson('{"secret": canary}')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('canary') as string }),
    );
  });
});

describe('nesting', () => {
  it.each([
    ['as deep as allowed', nested(maxNesting), 'none'],
    ['one deeper', nested(maxNesting + 1), 'nesting-too-deep'],
    ['20,000 deep', `{"answers":${nested(20_000)}}`, 'nesting-too-deep'],
    ['20,000 deep and never closed', '['.repeat(20_000), 'nesting-too-deep'],
    ['objects in arrays', '[{"a":'.repeat(17), 'nesting-too-deep'],
    ['brackets in a text', JSON.stringify('['.repeat(20_000)), 'none'],
    ['brackets after an escaped quote', JSON.stringify(`"${'{'.repeat(100)}\\`), 'none'],
    ['many siblings', `[${'[],'.repeat(10_000)}[]]`, 'none'],
    ['a text without end', `"${'\\"['.repeat(50_000)}`, 'malformed-json'],
  ])('that is %s gives %s', (_, text, code) => {
    expect(read(text)).toBe(code);
  });

  it('is told exactly: as deep as the value, whatever its texts hold', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
        : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const depth = depthOf(value);
        const text = JSON.stringify(value);
        expect(codeOf(() => refuseDeepNesting(text, depth))).toBe('none');
        if (depth > 0) {
          expect(codeOf(() => refuseDeepNesting(text, depth - 1))).toBe('nesting-too-deep');
        }
      }),
    );
  });
});

describe('values that are not safe', () => {
  const details = (text: string) => {
    try {
      parseJson(text);
    } catch (error) {
      if (error instanceof Fault) {
        return {
          code: error.code,
          errors: error.errors.map(({ pointer, code }) => [pointer, code]),
        };
      }
    }
    return undefined;
  };

  it.each([
    ['{"answers":{"__proto__":{"a":1}}}', 'invalid-answers', '/answers/__proto__', 'reserved-key'],
    [
      '{"answers":{"a":{"constructor":1}}}',
      'invalid-answers',
      '/answers/a/constructor',
      'reserved-key',
    ],
    ['{"answers":{"\\u005f_proto__":1}}', 'invalid-answers', '/answers/__proto__', 'reserved-key'],
    ['{"prototype":1}', 'invalid-body', '/prototype', 'reserved-key'],
    ['{"answers":{"n":1e308}}', 'invalid-answers', '/answers/n', 'unsafe-number'],
    ['{"answers":{"n":1e400}}', 'invalid-answers', '/answers/n', 'unsafe-number'],
    ['{"answers":{"n":-9007199254740993}}', 'invalid-answers', '/answers/n', 'unsafe-number'],
    [
      '{"answers":[0,{"a/b":9007199254740993}]}',
      'invalid-answers',
      '/answers/1/a~1b',
      'unsafe-number',
    ],
    ['[9007199254740993]', 'invalid-body', '/0', 'unsafe-number'],
    ['{"answers":{"t":"\\ud800"}}', 'invalid-answers', '/answers/t', 'unsafe-text'],
  ])('in %s are refused with a pointer', (text, code, pointer, reason) => {
    expect(details(text)).toEqual({ code, errors: [[pointer, reason]] });
  });

  it('are all told, up to a hundred', () => {
    const faults = details(`{"answers":{"a":1e308,"b":1e308}}`);
    expect(faults?.errors).toHaveLength(2);
    expect(details(`[${'1e308,'.repeat(5_000)}1]`)?.errors).toHaveLength(100);
  });

  it('make an invalid-body of the whole when one stands outside of the answers', () => {
    expect(details('{"n":1e308,"answers":{"n":1e308}}')?.code).toBe('invalid-body');
  });

  it('are the only ones: everything else comes through as it was', () => {
    const safe = fc.jsonValue().filter((value) => {
      const text = JSON.stringify(value);
      return !/__proto__|constructor|prototype/.test(text);
    });
    fc.assert(
      fc.property(safe, (value) => {
        const text = JSON.stringify(value);
        const unsafe = /"(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*/g;
        const numbers = (text.match(unsafe) ?? []).filter((part) => !part.startsWith('"'));
        fc.pre(numbers.every((part) => Math.abs(Number(part)) <= Number.MAX_SAFE_INTEGER));
        fc.pre(!/\\ud[89a-f]/i.test(text));
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('a JSON pointer', () => {
  it('leads back to where it came from', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (path) => {
        const parts = jsonPointer(path).split('/').slice(1);
        expect(parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))).toEqual(path);
      }),
    );
  });
});
