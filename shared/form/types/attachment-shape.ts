import { isJsonObject, own, type JsonObject } from '../../json.ts';
import type { Shape } from './shape.ts';

const fileName = String.raw`^(?!\.{1,2}$)[^/\\\u0000-\u001f\u007f]{1,255}$`;
const fileNamePattern = new RegExp(fileName, 'u');
const sha256 = '^[0-9a-f]{64}$';
const sha256Pattern = new RegExp(sha256);
const mediaType = String.raw`^[a-z0-9][a-z0-9!#$&^_.+\-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+\-]{0,126}$`;
const mediaTypePattern = new RegExp(mediaType);

/** What is known of a file's bytes: their SHA-256 in hex, how many there are, and their media type. */
export interface FileFacts {
  readonly sha256: string;
  readonly bytes: number;
  readonly type: string;
}

/** The facts in an answer that has the shape of an attachment; undefined: it only names the file. */
export function factsOf(value: JsonObject): FileFacts | undefined {
  const [sha256, bytes, type] = [own(value, 'sha256'), own(value, 'bytes'), own(value, 'type')];
  const fits =
    typeof sha256 === 'string' &&
    sha256Pattern.test(sha256) &&
    typeof bytes === 'number' &&
    Number.isSafeInteger(bytes) &&
    bytes >= 0 &&
    typeof type === 'string' &&
    mediaTypePattern.test(type);
  return fits ? { sha256, bytes: bytes + 0, type } : undefined;
}

/** True for what a file can be called: one step of a path, as people name files. */
export function isFileName(name: string): boolean {
  return fileNamePattern.test(name) && name.isWellFormed();
}

/** What an answer says of a file, whose bytes come apart: its name, or its name and all facts. */
export const attachment: Shape = {
  read: (value) => {
    if (!isJsonObject(value)) return undefined;
    const file = own(value, 'file');
    if (typeof file !== 'string' || !isFileName(file)) return undefined;
    const members = Object.keys(value).length;
    if (members === 1) return { file };
    const facts = members === 4 ? factsOf(value) : undefined;
    return facts === undefined ? undefined : { file, ...facts };
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
    required: ['file'],
    dependentRequired: {
      sha256: ['bytes', 'type'],
      bytes: ['sha256', 'type'],
      type: ['sha256', 'bytes'],
    },
    additionalProperties: false,
  },
};
