import { hash } from 'node:crypto';

/** 132 bits of SHA-256: two of a million are the same with a chance of 1 in 10^28. */
export function digest(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
