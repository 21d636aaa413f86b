import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

/** A secret of the installation. */
export interface InstallationKey {
  /** By which what was made with it is known after a rotation: lower-case letters and digits. */
  readonly id: string;
  /** 32 random bytes. */
  readonly secret: Uint8Array;
}

/** What a key is used for: the same text gives unrelated results for two purposes. */
export type KeyPurpose = 'public-id' | 'import-id' | 'erasure';

/** HMAC-SHA-256 in hex, and the key that it was made with. */
export interface KeyedHash {
  readonly keyId: string;
  readonly hash: string;
}

/** The keys of an installation, newest first. */
export type InstallationKeys = readonly [InstallationKey, ...InstallationKey[]];

/**
 * The secret of the installation, and those it had before. Ids that others see are made with it
 * (HMAC-SHA-256, RFC 2104), so that nobody outside can find by guessing what they were made of.
 */
export class Keyring {
  #keys: InstallationKeys | undefined;
  readonly #load: () => Promise<InstallationKeys>;

  /**
   * Newest first, or how to read them: then nothing can be made before `open`, and a function that
   * most often needs no key reads none. Throws TypeError on a key of fewer than 32 bytes, or without an
   * id of its own.
   */
  constructor(keys: InstallationKeys | (() => Promise<InstallationKeys>)) {
    this.#load = typeof keys === 'function' ? keys : () => Promise.resolve(keys);
    if (typeof keys !== 'function') this.#keys = checked(keys);
  }

  /** Reads the keys, once; what failed is tried again the next time. Throws what the reading throws. */
  async open(): Promise<void> {
    this.#keys ??= checked(await this.#load());
  }

  /** The id of the key with which new things are made. */
  get currentId(): string {
    return this.#opened[0].id;
  }

  /** HMAC-SHA-256 (hex) of `parts` under the current key. */
  mac(purpose: KeyPurpose, ...parts: readonly string[]): string {
    return macOf(this.#opened[0], purpose, parts);
  }

  /** The same under every key, newest first: what may have been made before a rotation is looked for with each. */
  macs(purpose: KeyPurpose, ...parts: readonly string[]): readonly KeyedHash[] {
    return this.#opened.map((key) => ({ keyId: key.id, hash: macOf(key, purpose, parts) }));
  }

  /** Tells two keyrings apart by their current key without giving it away: 16 hex digits. */
  get fingerprint(): string {
    return fingerprintOf(this.#opened[0]);
  }

  get #opened(): InstallationKeys {
    if (this.#keys === undefined) throw new Error('The keyring was not opened.');
    return this.#keys;
  }
}

/** Tells two keys apart without giving them away: 16 hex digits. */
export function fingerprintOf(key: InstallationKey): string {
  return hash('sha256', macOf(key, 'public-id', [])).slice(0, 16);
}

function checked(keys: InstallationKeys): InstallationKeys {
  const ids = new Set(keys.map(({ id }) => id));
  if (ids.size !== keys.length) throw new TypeError('Two keys have the same id.');
  for (const { id, secret } of keys) {
    if (!/^[a-z0-9]{1,32}$/.test(id)) throw new TypeError('A key has no id.');
    if (secret.byteLength < 32) throw new TypeError(`The key ${id} is too short.`);
  }
  return keys;
}

/** To take in the bytes of a secret costs five times as much as to use it: a full collect makes an id a record. */
const keyObjects = new WeakMap<InstallationKey, KeyObject>();

function macOf(key: InstallationKey, purpose: KeyPurpose, parts: readonly string[]): string {
  const known = keyObjects.get(key) ?? createSecretKey(key.secret);
  keyObjects.set(key, known);
  // JSON keeps ["a", "b"] and ["ab"] apart.
  return createHmac('sha256', known)
    .update(JSON.stringify([purpose, ...parts]))
    .digest('hex');
}

/**
 * The id under which the public and the other members know a record: stable, another one in each
 * dataset, and made with the installation's secret. Clients choose instanceIds, some from a device, a
 * person or a counter, so that what can be guessed must not be confirmed. 16 hex digits: two of a
 * million records share one with a chance of 1 in 37 million.
 */
export function publicIdOf(keys: Keyring, datasetId: string, instanceId: string): string {
  return keys.mac('public-id', datasetId, instanceId).slice(0, digits);
}

/** The same under every key, newest first. */
export function publicIdsOf(
  keys: Keyring,
  datasetId: string,
  instanceId: string,
): readonly string[] {
  return keys.macs('public-id', datasetId, instanceId).map(({ hash }) => hash.slice(0, digits));
}

const digits = 16;
