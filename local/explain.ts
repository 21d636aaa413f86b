import { KeysError } from '../shared/access/stored-keys.ts';
import { BackupError } from '../shared/backup/backup-source.ts';
import { Fault, type FaultDetail } from '../shared/fault.ts';
import { problemKinds } from '../shared/http/problem-kinds.ts';
import type { Bilingual, Language } from '../shared/text.ts';
import { OpenToOthersError } from './close-to-others.ts';
import { UsageError } from './command.ts';
import { CompileFailed } from './installation.ts';

/** The system's own words are English only; they name the file. */
const systemErrors: ReadonlyMap<string, Bilingual> = new Map([
  ['ENOENT', { fr: 'Ce fichier n’existe pas.', en: 'There is no such file.' }],
  ['EISDIR', { fr: 'C’est un dossier, pas un fichier.', en: 'This is a folder, not a file.' }],
  ['ENOTDIR', { fr: 'Ce n’est pas un dossier.', en: 'This is not a folder.' }],
  ['EEXIST', { fr: 'Ce n’est pas un dossier.', en: 'This is not a folder.' }],
  ['EACCES', { fr: 'L’accès est refusé.', en: 'Access is denied.' }],
  ['ENOSPC', { fr: 'Le disque est plein.', en: 'The disk is full.' }],
]);

/** What went wrong, in lines for the person at the terminal; undefined: a bug, for which a stack is better. */
export function explain(error: unknown, language: Language): readonly string[] | undefined {
  if (
    error instanceof UsageError ||
    error instanceof BackupError ||
    error instanceof KeysError ||
    error instanceof OpenToOthersError
  ) {
    return [error.text[language]];
  }
  if (error instanceof AggregateError) {
    const each = error.errors.map((one: unknown) => explain(one, language) ?? [String(one)]);
    return [error.message, ...each.flat()];
  }
  if (error instanceof Fault) {
    const { title, detail } = problemKinds[error.code];
    const line = ({ at, pointer, message }: FaultDetail): string => {
      const place = at === undefined ? pointer : `${at.sheet} ${at.row || ''} ${at.column}`.trim();
      return `  ${place === '' ? '' : `${place}: `}${message[language]}`;
    };
    const beside = { fr: 'À regarder aussi :', en: 'Worth a look too:' };
    const details = error.errors.map(line);
    if (error.warnings.length > 0) details.push(beside[language], ...error.warnings.map(line));
    const cause = error.cause instanceof Error ? [`  ${error.cause.message}`] : [];
    return [`${title[language]} (${error.code}). ${detail[language]}`, ...details, ...cause];
  }
  const aws = explainAws(error, language);
  if (aws !== undefined) return aws;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (error instanceof Error && typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
    const told = systemErrors.get(code)?.[language];
    return told === undefined ? [error.message] : [`${told} (${error.message})`];
  }
  return undefined;
}

/** What AWS refused, or what its clients lack; their own words are English only. */
function explainAws(error: unknown, language: Language): readonly string[] | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof CompileFailed) {
    const failed = { fr: 'La compilation a échoué', en: 'The compile failed' };
    return [`${failed[language]}: ${error.message}`];
  }
  const isWithoutAccess =
    error.name === 'CredentialsProviderError' || error.message === 'Region is missing';
  if (isWithoutAccess) {
    const advice = {
      fr: 'Il faut les accès à AWS dans l’environnement, et la région dans AWS_REGION.',
      en: 'Credentials of AWS are needed in the environment, and the region in AWS_REGION.',
    };
    return [advice[language], `  ${error.message}`];
  }
  return '$metadata' in error ? [`AWS: ${error.name}: ${error.message}`] : undefined;
}
