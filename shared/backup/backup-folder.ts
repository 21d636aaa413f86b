import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { joined, keysText, parseKeys, type StoredKeys } from '../access/stored-keys.ts';
import { BackupError } from './backup-source.ts';
import { Contents } from './contents.ts';
import { ErasureList } from './erasure-list.ts';
import { makeDurable } from './lines-file.ts';
import { backupFormat, pointName, PointManifest, type Point } from './point.ts';

const Header = z.object({ format: z.int(), network: z.string() });
const unfinished = '.part';

/**
 * A folder of backups of one network:
 *
 * ```
 * fiche-backup.json   format and network
 * keys.json           the installation's keys, those of earlier points too
 * contents/ab/ab12…   bytes of objects, by SHA-256, shared by all points
 * erasures.ndjson     what was erased, whenever
 * points/2026-…Z/     records and lists of objects as NDJSON in zstd, and manifest.json
 * ```
 *
 * For its owner alone: answers are in it.
 */
export class BackupFolder {
  readonly folder: string;
  readonly contents: Contents;
  readonly erasures: ErasureList;

  constructor(folder: string) {
    this.folder = folder;
    this.contents = new Contents(join(folder, 'contents'));
    this.erasures = new ErasureList(join(folder, 'erasures.ndjson'));
  }

  /** The network that the folder is of; undefined: there is no backup in it. Throws BackupError. */
  async network(): Promise<string | undefined> {
    return (await this.#header())?.network;
  }

  async #header(): Promise<z.infer<typeof Header> | undefined> {
    const text = await readIfThere(join(this.folder, 'fiche-backup.json'));
    if (text === undefined) return undefined;
    const header = Header.safeParse(parseJson(text));
    if (header.success && header.data.format <= backupFormat) return header.data;
    throw new BackupError({
      fr: `${this.folder} n’est pas une sauvegarde que cette version sache lire.`,
      en: `${this.folder} is no backup that this version can read.`,
    });
  }

  /** Makes the folder one for `network`. Throws BackupError if it is another's, or holds something else. */
  async claim(network: string): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const found = await this.#header();
    const header = `${JSON.stringify({ format: backupFormat, network })}\n`;
    if (found === undefined) {
      const others = (await readdir(this.folder)).filter((name) => !name.startsWith('backup.lock'));
      if (others.length > 0) {
        throw new BackupError({
          fr: `${this.folder} contient autre chose : donnez un dossier vide, ou celui d’une sauvegarde.`,
          en: `${this.folder} holds something else: give an empty folder, or that of a backup.`,
        });
      }
      await this.#write('fiche-backup.json', header);
    } else if (found.network !== network) {
      throw new BackupError({
        fr: `${this.folder} est la sauvegarde d’un autre réseau : donnez un autre dossier.`,
        en: `${this.folder} is the backup of another network: give another folder.`,
      });
    }
    // An earlier release would take what is added now for something else.
    if (found !== undefined && found.format < backupFormat)
      await this.#write('fiche-backup.json', header);
    for (const name of ['contents', 'points']) {
      await mkdir(join(this.folder, name), { recursive: true, mode: 0o700 });
    }
  }

  /** The keys that the folder has; undefined: none. Throws KeysError when they are damaged. */
  async keys(): Promise<StoredKeys | undefined> {
    const text = await readIfThere(join(this.folder, 'keys.json'));
    return text === undefined ? undefined : parseKeys(text, join(this.folder, 'keys.json'));
  }

  /** Keeps the keys of an installation, and those that the folder has of earlier points. */
  async keepKeys(keys: StoredKeys): Promise<void> {
    const found = await this.keys();
    await this.#write('keys.json', keysText(found === undefined ? keys : joined(keys, found)));
  }

  /** A folder for a point that is being made. What interrupted backups have left of theirs goes. */
  async begin(began: Date): Promise<string> {
    for (const name of await this.#names()) {
      if (name.endsWith(unfinished)) {
        await rm(join(this.folder, 'points', name), { recursive: true, force: true });
      }
    }
    const folder = join(this.folder, 'points', pointName(began) + unfinished);
    await mkdir(folder, { mode: 0o700 });
    return folder;
  }

  /** Makes a point of what stands in the folder that `begin` gave: with its manifest it is whole. */
  async finish(folder: string, manifest: PointManifest): Promise<Point> {
    await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    await makeDurable(folder);
    const whole = folder.slice(0, -unfinished.length);
    await rename(folder, whole);
    await makeDurable(join(this.folder, 'points'));
    return { name: pointName(new Date(manifest.began)), folder: whole, manifest };
  }

  /** All whole points, the newest first. */
  async points(): Promise<readonly Point[]> {
    const points: Point[] = [];
    for (const name of (await this.#names()).toSorted().toReversed()) {
      if (name.endsWith(unfinished)) continue;
      const folder = join(this.folder, 'points', name);
      const text = await readIfThere(join(folder, 'manifest.json'));
      const manifest = PointManifest.safeParse(parseJson(text ?? ''));
      if (manifest.success) points.push({ name, folder, manifest: manifest.data });
    }
    return points;
  }

  /** The point of that name; without one the newest. Throws BackupError. */
  async point(name?: string): Promise<Point> {
    const points = await this.points();
    const found = name === undefined ? points[0] : points.find((point) => point.name === name);
    if (found !== undefined) return found;
    const list = points.map((point) => point.name).join(', ') || '-';
    throw new BackupError({
      fr: `Pas de sauvegarde entière ${name ?? ''} dans ${this.folder} ; il y a : ${list}.`,
      en: `No whole backup ${name ?? ''} in ${this.folder}; there are: ${list}.`,
    });
  }

  async #names(): Promise<readonly string[]> {
    return readdir(join(this.folder, 'points')).catch(() => []);
  }

  async #write(name: string, text: string): Promise<void> {
    const file = join(this.folder, name);
    await writeFile(`${file}.part`, text);
    await rename(`${file}.part`, file);
    await makeDurable(this.folder);
  }
}

/** Writes a new file for its owner alone, and makes it durable. */
async function writeFile(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
