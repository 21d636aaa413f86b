import { Fault } from '../../fault.ts';
import { ownerOfDraft, type FormId } from '../../ids.ts';
import type { Bilingual } from '../../text.ts';

/** The id of a form is not one, or is the name of a dataset that is derived from all forms. */
export function derivedName(formId: string): Fault {
  return refusal('invalid-form', 'reserved-form-id', {
    fr: `« ${formId} » ne peut pas être l’identifiant d’une fiche : une lettre, puis des lettres, des chiffres, « _ » ou « - » (64 au plus), et pas le nom d’un jeu de données que Fiche fait lui-même.`,
    en: `"${formId}" cannot be the id of a form: a letter, then letters, digits, "_" or "-" (at most 64), and not the name of a dataset that Fiche makes itself.`,
  });
}

/** A draft has an id of its own to be filled in under, and is changed under that of its form. */
export function draftOnly(id: FormId, code: 'invalid-form' | 'conflict'): Fault {
  const owner = ownerOfDraft(id);
  return refusal(code, 'draft-id', {
    fr: `« ${id} » sert à essayer le brouillon de « ${owner} » : pour déposer, publier, fermer ou changer ses fichiers, adressez-vous à « ${owner} ».`,
    en: `"${id}" is for trying out the draft of "${owner}": to upload, publish, close or change its files, use "${owner}".`,
  });
}

/** List files without which nobody could answer: `files` are their names. */
export function missingFiles(files: readonly string[]): Fault {
  const named = files.slice(0, 20).join(', ') + (files.length > 20 ? '…' : '');
  return refusal(
    'conflict',
    'missing-files',
    {
      fr: `Il manque des fichiers de listes : ${named}. Joignez-les au brouillon, puis publiez.`,
      en: `List files are missing: ${named}. Add them to the draft, then publish.`,
    },
    { files },
  );
}

export function versionTaken(version: string): Fault {
  return refusal('conflict', 'version-taken', {
    fr: `La version « ${version} » est déjà publiée avec un autre contenu : changez \`version\` dans la feuille \`settings\`, puis déposez à nouveau le brouillon.`,
    en: `Version "${version}" is already published with another content: change \`version\` in the sheet \`settings\`, then upload the draft again.`,
  });
}

export function neverPublished(formId: string): Fault {
  return refusal('conflict', 'never-published', {
    fr: `La fiche « ${formId} » n’a jamais été publiée : il n’y a rien à fermer.`,
    en: `The form "${formId}" has never been published: there is nothing to close.`,
  });
}

/** The registry names a definition that the object store does not have: ours to repair, not the caller's error. */
export function inconsistent(key: string): Error {
  return new Error(`The definition ${key} is missing or does not compile any more.`);
}

function refusal(
  code: 'invalid-form' | 'conflict',
  detail: string,
  message: Bilingual,
  extra: Readonly<Record<string, unknown>> = {},
): Fault {
  return new Fault(code, { errors: [{ pointer: '', code: detail, message }], extra });
}
