import type { Keyring } from '../../access/keyring.ts';
import { sha256 } from '../records/content-hash.ts';

/**
 * What an erased submission is called where its id must not stay: the id of a key and the HMAC of the
 * instanceId under it. Without the key nobody finds out by guessing which id it was. Throws unless the
 * keyring is open.
 */
export function erasureName(keys: Keyring, formId: string, instanceId: string): string {
  const hash = keys.mac('erasure', formId, instanceId);
  return nameOf({ keyId: keys.currentId, hash });
}

/** All names that it may have: under every key, the newest first; and plain SHA-256, as of before there were keys. */
export function erasureNames(
  keys: Keyring,
  formId: string,
  instanceId: string,
): readonly [...string[], string] {
  return [...keyedErasureNames(keys, formId, instanceId), sha256(instanceId)];
}

/** The same without the plain one. */
export function keyedErasureNames(
  keys: Keyring,
  formId: string,
  instanceId: string,
): readonly string[] {
  return keys.macs('erasure', formId, instanceId).map(nameOf);
}

/** True for a name of before there were keys. */
export function isPlainName(name: string): boolean {
  return !name.includes('-');
}

function nameOf({ keyId, hash }: { readonly keyId: string; readonly hash: string }): string {
  return `${keyId}-${hash}`;
}

/** `uuid:` is how OpenRosa begins them. Versions 4, 7 and 8 (RFC 9562); others are made of a time, a machine or a name. */
const random =
  /^(?:uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-[478][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * True for an instanceId that somebody could find by guessing, for it is no random UUID: one that a
 * client counts up or makes of a person's name tells by itself who answered.
 */
export function isGuessable(instanceId: string): boolean {
  return !random.test(instanceId);
}
