import { Busboy } from '@fastify/busboy';
import { Fault } from '../../fault.ts';
import { isFileName } from '../../form/types/answer-shapes.ts';
import type { Bilingual } from '../../text.ts';

/** A file of a submission, under the name that its XML gives it. */
interface SentFile {
  readonly name: string;
  /** The media type that the client named, without parameters: a claim, not a fact. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What a phone sends in one request. */
export interface SentMultipart {
  readonly xml: Uint8Array;
  readonly files: readonly SentFile[];
  /** More chunks follow. */
  readonly isIncomplete: boolean;
}

interface Part extends SentFile {
  readonly hasFileName: boolean;
  readonly encoding: string;
}

/** Collect sends about 100 files at a time. */
const maxParts = 200;
/** The header of one part: bytes and lines. */
const maxHeader = { headerSize: 4_096, headerPairs: 20 };
/** The body is in memory, and is read in milliseconds or not at all. */
const patienceMs = 10_000;

const xmlPart = 'xml_submission_file';
const incompletePart = '*isIncomplete*';
/** What clients call the XML; one that says nothing means text/plain (RFC 7578). */
const xmlTypes: ReadonlySet<string> = new Set([
  'text/xml',
  'application/xml',
  'application/octet-stream',
  'text/plain',
]);
const identity: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary']);

/**
 * Reads a body of multipart/form-data as OpenRosa clients send it. Parts without a file name are
 * fields, of which only `*isIncomplete*` means anything. Throws Fault `malformed-request` for a body
 * that is cut, has no or several XML parts, or names a file as none can be called; `body-too-large`
 * for too many parts. It settles on any input; the bytes are views of `bytes` where they can be.
 */
export async function readMultipart(
  contentType: string,
  bytes: Uint8Array,
): Promise<SentMultipart> {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const boundary = boundaryOf(contentType);
  const expected = boundary === undefined ? undefined : countParts(body, boundary, maxParts);
  if (boundary === undefined || expected === undefined) throw malformed(cut);
  if (expected > maxParts) throw new Fault('body-too-large', { extra: { most: maxParts } });
  const parts = await partsOf(body, boundary);
  // The parser passes over parts whose header it cannot read: none may be lost in silence.
  if (parts.length !== expected) throw malformed(unreadablePart);
  return sorted(parts);
}

function partsOf(body: Buffer, boundary: string): Promise<Part[]> {
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      clearTimeout(timer);
      reject(malformed(cut));
    };
    const timer = setTimeout(fail, patienceMs);
    const parts: Part[] = [];
    const parser = new Busboy({
      headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` },
      limits: maxHeader,
      // Fields would be decoded as text, and cut.
      isPartAFile: () => true,
    });
    parser.on('error', fail);
    parser.on(
      'file',
      (name: string | undefined, file, fileName: string | undefined, encoding, type) => {
        const chunks: Buffer[] = [];
        file.on('error', fail);
        file.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
        });
        file.on('end', () => {
          const [only, ...others] = chunks;
          const whole = only !== undefined && others.length === 0 ? only : Buffer.concat(chunks);
          parts.push({
            name: name ?? '',
            hasFileName: fileName !== undefined,
            encoding,
            type,
            bytes: whole,
          });
        });
      },
    );
    parser.on('finish', () => {
      clearTimeout(timer);
      resolve(parts);
    });
    parser.end(body);
  });
}

/** What the parts are to a submission. */
function sorted(parts: readonly Part[]): SentMultipart {
  const [xml, ...others] = parts.filter(({ name }) => name === xmlPart);
  if (parts.some(({ encoding }) => !identity.has(encoding))) throw malformed(encoded);
  if (xml === undefined || others.length > 0 || !xmlTypes.has(xml.type)) throw malformed(noXml);
  const files = new Map<string, SentFile>();
  let isIncomplete = false;
  for (const part of parts) {
    const { name, type, bytes, hasFileName } = part;
    if (part === xml) continue;
    if (!hasFileName && type === 'text/plain') {
      const says = name === incompletePart && Buffer.from(bytes).toString('utf8').trim();
      if (says === 'yes') isIncomplete = true;
      continue;
    }
    if (!isFileName(name)) throw malformed(badName);
    const before = files.get(name);
    if (before !== undefined && !Buffer.from(before.bytes).equals(bytes)) throw malformed(sameName);
    files.set(name, { name, type, bytes });
  }
  return { xml: xml.bytes, files: [...files.values()], isIncomplete };
}

function malformed({ code, message }: { code: string; message: Bilingual }): Fault {
  return new Fault('malformed-request', { errors: [{ pointer: '', code, message }] });
}

const cut = {
  code: 'not-multipart',
  message: {
    fr: 'L’envoi est coupé, ou n’est pas du multipart/form-data : envoyez-le à nouveau.',
    en: 'What was sent is cut off, or is not multipart/form-data: send it again.',
  },
};
const unreadablePart = {
  code: 'unreadable-part',
  message: {
    fr: 'Une partie de l’envoi n’a pas d’en-tête lisible : il faut Content-Disposition : form-data ; name="…".',
    en: 'A part of what was sent has no readable header: it needs Content-Disposition: form-data; name="…".',
  },
};
const encoded = {
  code: 'encoded-part',
  message: {
    fr: 'Les parties de l’envoi s’envoient telles quelles, sans Content-Transfer-Encoding.',
    en: 'The parts are sent as they are, without Content-Transfer-Encoding.',
  },
};
const noXml = {
  code: 'no-xml-part',
  message: {
    fr: 'L’envoi doit avoir une partie xml_submission_file, et une seule, en text/xml.',
    en: 'What is sent must have one part xml_submission_file, and only one, of text/xml.',
  },
};
const badName = {
  code: 'bad-file-name',
  message: {
    fr: 'Un des fichiers a un nom qu’un fichier ne peut pas avoir.',
    en: 'One of the files has a name that a file cannot have.',
  },
};
const sameName = {
  code: 'same-file-name',
  message: {
    fr: 'Deux fichiers différents ont le même nom.',
    en: 'Two different files have the same name.',
  },
};

/** As RFC 2046 has them: what a boundary may hold, so that it can be quoted as it is. */
const boundaryPattern = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i;
const boundaryText = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;

/** The boundary that a Content-Type names; undefined if it names none, or none that there can be. */
function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] = boundaryPattern.exec(contentType) ?? [];
  const boundary = quoted ?? plain ?? '';
  return boundaryText.test(boundary) ? boundary : undefined;
}

/**
 * How many parts a body has, counting no further than one more than `most`; undefined if it does not
 * end as it should, because the line broke or the boundary is another one. A parser of streams
 * would wait for the rest.
 */
function countParts(body: Buffer, boundary: string, most: number): number | undefined {
  const dashed = Buffer.from(`--${boundary}`);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  let parts = 0;
  let end = body.subarray(0, dashed.length).equals(dashed)
    ? dashed.length
    : next(body, delimiter, 0);
  while (end !== -1) {
    if (body[end] === dash && body[end + 1] === dash) return parts;
    parts += 1;
    if (parts > most) return parts;
    end = next(body, delimiter, end);
  }
  return undefined;
}

const dash = 0x2d;

/** Where the next delimiter ends; -1 without one. */
function next(body: Buffer, delimiter: Buffer, from: number): number {
  const at = body.indexOf(delimiter, from);
  return at === -1 ? -1 : at + delimiter.length;
}
