import { Fault } from '../../fault.ts';
import type { Bilingual } from '../../text.ts';
import { invalidForm } from '../form-issues.ts';
import type { CellPlace } from '../form-issues.ts';
import type { FormIssue } from '../model.ts';

type Message = (a: string, b: string) => Bilingual;

/** ` Did you mean …?`, if there is a name like it. */
const meant = (near: string): Bilingual =>
  near === ''
    ? { fr: '', en: '' }
    : { fr: ` Vouliez-vous dire « ${near} » ?`, en: ` Did you mean "${near}"?` };

/** Why a file cannot be read as a workbook at all. Codes are permanent. */
const refusals = {
  'not-a-workbook': () => ({
    fr: 'Ce fichier n’est pas un classeur Excel : enregistrez la fiche au format « Classeur Excel (.xlsx) ».',
    en: 'This file is no Excel workbook: save the form as "Excel Workbook (.xlsx)".',
  }),
  'other-format': (found) => ({
    fr: `Ce fichier est au format ${found} : enregistrez-le au format « Classeur Excel (.xlsx) ».`,
    en: `This file is in the format ${found}: save it as "Excel Workbook (.xlsx)".`,
  }),
  'encrypted-workbook': () => ({
    fr: 'Ce classeur est protégé par un mot de passe : enregistrez-en une copie sans mot de passe.',
    en: 'This workbook is protected by a password: save a copy of it without one.',
  }),
  'damaged-workbook': (found) => ({
    fr: `Ce classeur est abîmé (${found}) : ouvrez-le dans Excel ou LibreOffice et enregistrez-le à nouveau.`,
    en: `This workbook is damaged (${found}): open it in Excel or LibreOffice and save it again.`,
  }),
  'workbook-too-large': (found, most) => ({
    fr: `Ce classeur est trop grand une fois décompressé (${found} : ${most} au plus) : retirez-en ce qui n’est pas la fiche.`,
    en: `This workbook is too large once unpacked (${found}: at most ${most}): take out what is not the form.`,
  }),
} as const satisfies Readonly<Record<string, Message>>;

/** What is wrong with a sheet or a cell of a workbook. Codes are permanent. */
const errors = {
  'missing-sheet': (found, near) => ({
    fr: `Ce classeur n’a pas de feuille « ${found} » : ajoutez-la, ou renommez celle qui porte les questions.${meant(near).fr}`,
    en: `This workbook has no sheet "${found}": add it, or rename the one that has the questions.${meant(near).en}`,
  }),
  'duplicate-sheet': (found) => ({
    fr: `Ce classeur a deux feuilles « ${found} » : n’en gardez qu’une.`,
    en: `This workbook has two sheets "${found}": keep one.`,
  }),
  'missing-headings': () => ({
    fr: 'La première ligne de cette feuille est vide : elle doit porter les titres des colonnes.',
    en: 'The first row of this sheet is empty: it must hold the headings of the columns.',
  }),
  'duplicate-column': (found, where) => ({
    fr: `La colonne « ${found} » est donnée deux fois (${where}) : n’en gardez qu’une.`,
    en: `The column "${found}" is given twice (${where}): keep one.`,
  }),
  'reserved-column': (found) => ({
    fr: `Une colonne ne peut pas s’appeler « ${found} » : choisissez un autre titre.`,
    en: `A column cannot be called "${found}": choose another heading.`,
  }),
  'formula-error': (found) => ({
    fr: `Cette cellule contient l’erreur ${found} : corrigez sa formule, ou remplacez-la par sa valeur.`,
    en: `This cell holds the error ${found}: correct its formula, or put its value in its place.`,
  }),
  'formula-without-value': () => ({
    fr: 'Cette formule n’a pas de valeur enregistrée : ouvrez le classeur dans Excel ou LibreOffice et enregistrez-le, ou remplacez-la par sa valeur.',
    en: 'This formula has no value stored: open the workbook in Excel or LibreOffice and save it, or put the value in its place.',
  }),
  'bad-date': () => ({
    fr: 'Cette date n’en est pas une : mettez la cellule au format texte et écrivez AAAA-MM-JJ.',
    en: 'This date is none: format the cell as text and write YYYY-MM-DD.',
  }),
  'half-character': () => ({
    fr: 'Ce texte contient un demi-caractère (surrogate isolé) : écrivez-le à nouveau.',
    en: 'This text has half a character in it (a lone surrogate): write it again.',
  }),
  'too-many-rows': (found, most) => ({
    fr: `Cette feuille va jusqu’à la ligne ${found} : ${most} au plus, retirez-en.`,
    en: `This sheet goes down to row ${found}: at most ${most}, take some out.`,
  }),
  'too-many-columns': (found, most) => ({
    fr: `Cette feuille va jusqu’à la colonne ${found} : ${most} au plus, retirez-en.`,
    en: `This sheet goes as far as column ${found}: at most ${most}, take some out.`,
  }),
} as const satisfies Readonly<Record<string, Message>>;

/** What is left out of a workbook, and may have been meant. Codes are permanent. */
const warnings = {
  'unknown-sheet': (found, near) => ({
    fr: `La feuille « ${found} » n’est pas lue.${meant(near).fr}`,
    en: `The sheet "${found}" is not read.${meant(near).en}`,
  }),
  'column-without-heading': (found) => ({
    fr: `La colonne ${found} n’a pas de titre : ses cellules ne sont pas lues.`,
    en: `Column ${found} has no heading: its cells are not read.`,
  }),
  'settings-below': () => ({
    fr: 'Les réglages tiennent en une ligne, la première sous les titres : celle-ci n’est pas lue.',
    en: 'Settings are one row, the first below the headings: this one is not read.',
  }),
  'macros-left-out': () => ({
    fr: 'Les macros de ce classeur sont laissées de côté.',
    en: 'The macros of this workbook are left out.',
  }),
  'links-not-followed': () => ({
    fr: 'Ce classeur renvoie à d’autres classeurs : les valeurs lues sont celles du dernier enregistrement.',
    en: 'This workbook refers to other workbooks: the values read are those of when it was last saved.',
  }),
} as const satisfies Readonly<Record<string, Message>>;

/** Nobody reads more at once, and an answer has room for no more. */
const maxIssues = 1_000;

/** Gathers what is wrong with the sheets of a workbook, so that its author gets everything at once. */
export class WorkbookIssues {
  readonly warnings: FormIssue[] = [];
  readonly #errors: FormIssue[] = [];

  error(code: keyof typeof errors, place: CellPlace, a = '', b = ''): void {
    if (this.#errors.length < maxIssues) {
      this.#errors.push({ ...place, code, message: errors[code](shorten(a), shorten(b)) });
    }
  }

  warning(code: keyof typeof warnings, place: CellPlace, a = '', b = ''): void {
    if (this.warnings.length < maxIssues) {
      this.warnings.push({ ...place, code, message: warnings[code](shorten(a), shorten(b)) });
    }
  }

  /** Throws Fault `invalid-form` with every error so far, if there is one. */
  refuseErrors(): void {
    if (this.#errors.length > 0) throw invalidForm(this.#errors);
  }
}

/** The file cannot be read at all: Fault `body-too-large` for a bomb, else `invalid-form`. */
export function refusedWorkbook(
  code: keyof typeof refusals,
  a = '',
  b = '',
  cause?: unknown,
): Fault {
  const message = refusals[code](shorten(a), shorten(b));
  const at = { sheet: '', row: 0, column: '' };
  return new Fault(code === 'workbook-too-large' ? 'body-too-large' : 'invalid-form', {
    errors: [{ pointer: '', code, message, at }],
    cause,
  });
}

/** What an author wrote is quoted, but not at any length. */
function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
