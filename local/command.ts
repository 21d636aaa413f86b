import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { ParseArgsOptionsConfig } from 'node:util';
import { Fault } from '../shared/fault.ts';
import type { Bilingual, Language } from '../shared/text.ts';
import type { Installation } from './installation.ts';

/** One word of the operator's tool. The help is made from it. */
export interface Command {
  readonly name: string;
  /** What follows the name: one line for each way to use it. */
  readonly usage: readonly string[];
  readonly summary: Bilingual;
  /** In the form of node:util's parseArgs. `--home`, `--stack` and `--help` are everyone's. */
  readonly options: ParseArgsOptionsConfig;
  /** It may begin with a folder in which there is nothing yet. */
  readonly makes?: true;
  /** The exit code: 0 done, 1 not all of it. Throws UsageError, and Faults of the domain. */
  run(call: Call): Promise<number>;
}

/** One use of a command. */
export interface Call {
  readonly home: Installation;
  readonly words: readonly string[];
  /** The value of an option that takes one; undefined if it was not given. */
  value(name: string): string | undefined;
  flag(name: string): boolean;
  readonly terminal: Terminal;
}

/** Where the tool speaks: what was asked for goes to `out`, what goes along with it to `err`. */
export interface Terminal {
  readonly language: Language;
  /** A person watches: a progress bar may be drawn. */
  readonly interactive: boolean;
  /** What goes to `out` is shown on a screen, not kept in a file or read by a program. */
  readonly isScreen?: boolean;
  out(line: string): void;
  err(line: string): void;
  /** Bytes of a file that goes to standard output. */
  write(bytes: Uint8Array): Promise<void>;
}

/** The words do not make a command. */
export class UsageError extends Error {
  readonly text: Bilingual;

  constructor(text: Bilingual) {
    super(text.en);
    this.name = 'UsageError';
    this.text = text;
  }
}

/** The value of an option that may not be left out. Throws UsageError. */
export function needed(call: Call, option: string): string {
  const value = call.value(option);
  if (value === undefined || value === '') {
    throw new UsageError({ fr: `Il manque --${option}.`, en: `--${option} is missing.` });
  }
  return value;
}

/** The word at `index`, called `name` in the usage. Throws UsageError. */
export function word(call: Call, index: number, name: string): string {
  const found = call.words[index];
  if (found === undefined)
    throw new UsageError({ fr: `Il manque ${name}.`, en: `${name} is missing.` });
  return found;
}

/** One of `choices`. Throws UsageError. */
export function oneOf<T extends string>(value: string, choices: readonly T[], name: string): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const list = choices.join(', ');
  throw new UsageError({
    fr: `${name} : « ${value} » n’est pas l’un de : ${list}.`,
    en: `${name}: "${value}" is not one of: ${list}.`,
  });
}

/** What the operator called `name`. Throws Fault `not-found` that names it: a line may name several things. */
export async function named<T>(name: string, found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'not-found') throw error;
    const message = { fr: `« ${name} » n’existe pas ici.`, en: `There is no "${name}" here.` };
    throw new Fault('not-found', { errors: [{ pointer: '', code: 'not-found', message }] });
  }
}

const units: Readonly<Record<Language, readonly string[]>> = {
  fr: ['o', 'ko', 'Mo', 'Go', 'To'],
  en: ['B', 'KB', 'MB', 'GB', 'TB'],
};

/** A number of bytes for people: `3.2 MB`. Thousands, not 1,024s. */
export function bytesText(bytes: number, language: Language): string {
  const names = units[language];
  const power = Math.min(names.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const value = bytes / 1000 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  const text = new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
  return `${text} ${names[power] ?? ''}`;
}

/** What a person at the terminal reads when forgetDeleted says no: only a folder's database can. */
export const logHeld: Bilingual = {
  fr: 'Un autre programme lit la base de données : ce qui a été effacé reste dans son journal (fiche.sqlite-wal, write-ahead log) jusqu’à ce qu’il ait fini. Le serveur réessaie toutes les dix secondes ; sans serveur, fermez ce programme et lancez fiche verify.',
  en: 'Another program reads the database: what was erased stays in its write-ahead log (fiche.sqlite-wal) until that has ended. The server tries again every ten seconds; without a server, close that program and run fiche verify.',
};

/** A file that is there is whole: it takes its name when all of it is written. Its owner alone reads it. */
export async function writeWhole(
  file: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const temporary = `${file}.part`;
  try {
    await pipeline(bytes, createWriteStream(temporary, { mode: 0o600 }));
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
