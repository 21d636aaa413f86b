import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';

/** Web Crypto is asynchronous and has no MD5, expressions are neither: hence a library in plain JS. */
const algorithms: ReadonlyMap<string, (bytes: Uint8Array) => Uint8Array> = new Map([
  ['MD5', md5],
  ['SHA-1', sha1],
  ['SHA-256', sha256],
  ['SHA-384', sha384],
  ['SHA-512', sha512],
]);

/** The digest of the UTF-8 bytes of a text; '' for an unknown algorithm or encoding. */
export function digest(text: string, algorithm: string, encoding: string): string {
  const bytes = algorithms.get(algorithm)?.(new TextEncoder().encode(text));
  if (bytes === undefined) return '';
  switch (encoding) {
    case 'hex':
      return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    case 'base64':
      return btoa(String.fromCharCode(...bytes));
    default:
      return '';
  }
}
