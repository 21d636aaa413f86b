import { snappyCompress } from 'hyparquet-writer/src/snappy.js';

export const codec = 'SNAPPY';
export function compress(bytes: Buffer): Uint8Array {
  return snappyCompress(bytes);
}
