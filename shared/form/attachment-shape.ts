import { isJsonObject, own } from '../json.ts';
import type { Shape } from './shape.ts';

const fileName = String.raw`^(?!\.{1,2}$)[^/\\\u0000-\u001f\u007f]{1,255}$`;
const fileNamePattern = new RegExp(fileName, 'u');
const sha256 = '^[0-9a-f]{64}$';
const sha256Pattern = new RegExp(sha256);
const mediaType = String.raw`^[a-z0-9][a-z0-9!#$&^_.+\-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+\-]{0,126}$`;
const mediaTypePattern = new RegExp(mediaType);
const attachmentMembers: ReadonlySet<string> = new Set(['file', 'sha256', 'bytes', 'type']);

/** What an answer says of a file; its bytes come apart. */
export const attachment: Shape = {
  read: (value) => {
    if (!isJsonObject(value)) return undefined;
    const [file, hash] = [own(value, 'file'), own(value, 'sha256')];
    const [bytes, type] = [own(value, 'bytes'), own(value, 'type')];
    const fits =
      typeof file === 'string' &&
      fileNamePattern.test(file) &&
      typeof hash === 'string' &&
      sha256Pattern.test(hash) &&
      typeof bytes === 'number' &&
      Number.isSafeInteger(bytes) &&
      bytes >= 0 &&
      typeof type === 'string' &&
      mediaTypePattern.test(type) &&
      Object.keys(value).every((key) => attachmentMembers.has(key));
    return fits ? { file, sha256: hash, bytes: bytes + 0, type } : undefined;
  },
  text: (value) => {
    const file = isJsonObject(value) ? value['file'] : undefined;
    return typeof file === 'string' ? file : '';
  },
  parse: () => undefined,
  schema: {
    type: 'object',
    properties: {
      file: { type: 'string', pattern: fileName },
      sha256: { type: 'string', pattern: sha256 },
      bytes: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      type: { type: 'string', pattern: mediaType },
    },
    required: ['file', 'sha256', 'bytes', 'type'],
    additionalProperties: false,
  },
};
