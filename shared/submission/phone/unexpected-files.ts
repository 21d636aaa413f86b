import type { Attachment } from '../records/attachments.ts';
import { parcelFor, type Parcel } from './phone-post.ts';
import type { Issue } from '../records/submission.ts';

const code = 'unexpected-file';

/** So many are kept with one submission; a client that sends more has gone mad. */
const mostKept = 50;

/** The parcels that no answer names. */
export function unnamedParcels(
  parcels: ReadonlyMap<string, Parcel>,
  named: readonly Attachment[],
): readonly Parcel[] {
  const expected = new Set(named.map(({ file }) => parcelFor(parcels, file)));
  return [...parcels.values()].filter((parcel) => !expected.has(parcel));
}

/**
 * What is said of files that no answer names: of a question that this version of the form does not
 * have, or that is not relevant here though it was on the phone. They are kept, for whoever reads the
 * XML to find them; only the coordinator may, by their hash, since no question says who else. Those
 * that `told` speaks of already are left out.
 */
export function unexpectedFiles(
  parcels: readonly Parcel[],
  told: readonly Issue[] = [],
): readonly Issue[] {
  const room = mostKept - told.filter((issue) => issue.code === code).length;
  const news = parcels.filter((parcel) => !told.some((issue) => tellsOf(issue, parcel)));
  return news.slice(0, Math.max(room, 0)).map(({ file, facts }) => {
    const name = file.length <= 60 ? file : `${file.slice(0, 59).toWellFormed()}…`;
    return {
      pointer: '',
      code,
      message: {
        fr: `Aucune réponse ne nomme le fichier « ${name} » ; la coordination le trouve sous ${facts.sha256}.`,
        en: `No answer names the file "${name}"; the coordinator finds it under ${facts.sha256}.`,
      },
    };
  });
}

/** Those of the parcels that issues speak of, which are the ones to keep. */
export function toldOf(parcels: readonly Parcel[], issues: readonly Issue[]): readonly Parcel[] {
  return parcels.filter((parcel) => issues.some((issue) => tellsOf(issue, parcel)));
}

function tellsOf(issue: Issue, { facts }: Parcel): boolean {
  return issue.code === code && issue.message.en.includes(facts.sha256);
}
