import type { Manifest } from './version-manifest.ts';

/** What an earlier version left for those after it, and whether that version is this one. */
export interface Before {
  /** Bytes of an internal file of that version; undefined: there is no such version, or no such file. */
  readonly read: (file: string) => Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Its manifest; undefined: there is no such version. */
  readonly manifest: () => Promise<Manifest | undefined>;
  /** Bytes of one of its public files. */
  readonly readPublic: (file: string) => Promise<AsyncIterable<Uint8Array> | undefined>;
  /** The current version is written once more, to repair it: what it left is its own. */
  readonly again: boolean;
}

/** Which version is being made. */
export interface VersionPlace extends Pick<DatasetHead, 'dataset' | 'version' | 'cutOff'> {
  readonly before: Before;
}

/** What a file says of its dataset. */
export interface DatasetHead {
  readonly dataset: string;
  readonly version: string;
  readonly cutOff: string;
  readonly title: Readonly<Record<string, string>>;
  readonly license: string | null;
}

/** What the next version will be called, and why. */
export interface PlannedVersion {
  readonly version: string;
  readonly fingerprint: string;
  readonly cutOff: string;
}
