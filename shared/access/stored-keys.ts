import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Bilingual } from '../text.ts';
import type { Clock } from '../clock.ts';
import { fingerprintOf, type InstallationKey, type InstallationKeys } from './keyring.ts';

/** The secret of the installation is missing, damaged or another one: said to the operator as it is. */
export class KeysError extends Error {
  override readonly name = 'KeysError';
  readonly text: Bilingual;

  constructor(text: Bilingual, options?: ErrorOptions) {
    super(text.en, options);
    this.text = text;
  }
}

/** Bytes of a secret: as many as SHA-256 gives. */
const secretBytes = 32;

const StoredKey = z.object({
  id: z.string().regex(/^[a-z0-9]{1,32}$/),
  /** In base64. */
  secret: z.base64().refine((text) => Buffer.from(text, 'base64').length === secretBytes),
  createdAt: z.iso.datetime(),
});
type StoredKey = z.infer<typeof StoredKey>;

/** The keys of an installation as they are kept, newest first. */
const StoredKeys = z
  .object({ schema: z.literal(1), keys: z.tuple([StoredKey], StoredKey) })
  .refine(({ keys }) => new Set(keys.map(({ id }) => id)).size === keys.length);
export type StoredKeys = z.infer<typeof StoredKeys>;

/** Reads what `keysText` has written. Throws KeysError, which names `place` and quotes nothing. */
export function parseKeys(text: string, place: string): StoredKeys {
  const found = StoredKeys.safeParse(jsonOf(text));
  if (found.success) return found.data;
  throw new KeysError({
    fr: `${place} n’est pas le secret d’une installation, ou est abîmé : reprenez-le d’une sauvegarde.`,
    en: `${place} is not the secret of an installation, or is damaged: restore it from a backup.`,
  });
}

export function keysText(keys: StoredKeys): string {
  return `${JSON.stringify(keys, null, 2)}\n`;
}

/** The keys of a new installation. */
export function newKeys(clock: Clock): StoredKeys {
  return { schema: 1, keys: [newKey(clock)] };
}

/** The same with one more, by which all is made that is new. */
export function rotated({ schema, keys }: StoredKeys, clock: Clock): StoredKeys {
  return { schema, keys: [newKey(clock), ...keys] };
}

export function installationKeys({ keys }: StoredKeys): InstallationKeys {
  const [newest, ...older] = keys;
  return [installationKey(newest), ...older.map(installationKey)];
}

/** The keys of `first`, then those of `second` that are not among them. */
export function joined(first: StoredKeys, second: StoredKeys): StoredKeys {
  const [newest, ...older] = first.keys;
  const known = new Set(first.keys.map(({ id }) => id));
  const others = second.keys.filter(({ id }) => !known.has(id));
  return { schema: 1, keys: [newest, ...older, ...others] };
}

/** True if some key is in both: they are of one installation at different times. */
export function areAkin(one: StoredKeys, other: StoredKeys): boolean {
  const ids = new Set(one.keys.map(({ id }) => id));
  return other.keys.some(({ id }) => ids.has(id));
}

/** Of every key, newest first. */
export function fingerprintsOf(stored: StoredKeys): readonly string[] {
  return installationKeys(stored).map(fingerprintOf);
}

function installationKey({ id, secret }: StoredKey): InstallationKey {
  return { id, secret: Buffer.from(secret, 'base64') };
}

function newKey(clock: Clock): StoredKey {
  return {
    // Random, so that no two installations have keys of one id, whatever is restored where.
    id: randomBytes(4).toString('hex'),
    secret: randomBytes(secretBytes).toString('base64'),
    createdAt: clock().toISOString(),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where the keys of an installation are kept. */
export interface KeyStore {
  /** What to call it to a person: a path, or the name of a parameter. */
  readonly place: string;
  /** Undefined: there are none. Throws KeysError when they are damaged. */
  read(): Promise<StoredKeys | undefined>;
  /** Keeps them unless there are some; returns those that are there then. */
  putIfAbsent(keys: StoredKeys): Promise<StoredKeys>;
  /** Keeps them in the place of what is there. */
  replace(keys: StoredKeys): Promise<void>;
}
