import { error, warning, meant, type MessageRow } from './message-row.ts';

/** What is wrong with a sheet as a whole, its headings or its cells. */
export const sheetMessages = {
  'empty-form': error(() => ({
    fr: 'Cette fiche ne pose aucune question : ajoutez des lignes à la feuille survey.',
    en: 'This form asks nothing: add rows to the survey sheet.',
  })),
  'too-many-rows': error((found, most) => ({
    fr: `Cette feuille a ${found} lignes : ${most} au plus, retirez-en.`,
    en: `This sheet has ${found} rows: at most ${most}, take some out.`,
  })),
  'cell-too-long': error((most) => ({
    fr: `Cette cellule est trop longue : ${most} signes au plus.`,
    en: `This cell is too long: at most ${most} characters.`,
  })),
  'too-many-faults': error((most) => ({
    fr: `Il y a d’autres fautes : seules les ${most} premières sont dites.`,
    en: `There are more faults: only the first ${most} are told.`,
  })),
  'missing-column': error((found, near) => ({
    fr: `Cette feuille n’a pas de colonne « ${found} » : écrivez ce titre sur sa première ligne.${near === '' ? '' : ` Est-ce « ${near} » ?`}`,
    en: `This sheet has no column "${found}": write this heading on its first row.${near === '' ? '' : ` Is it "${near}"?`}`,
  })),
  'column-twice': error((found, other) => ({
    fr: `Les colonnes « ${found} » et « ${other} » disent la même chose autrement : n’en gardez qu’une.`,
    en: `The columns "${found}" and "${other}" say the same thing differently: keep one.`,
  })),
  'column-like': warning((found, near) => ({
    fr: `La colonne « ${found} » est gardée sans être lue.${meant(near).fr}`,
    en: `The column "${found}" is kept without being read.${meant(near).en}`,
  })),
  'blanks-around': warning((count) => ({
    fr: `Des espaces entourent un code dans cette colonne (cellules : ${count}) : ils sont laissés de côté, retirez-les.`,
    en: `There are blanks around a code in this column (cells: ${count}): they are left out, take them out.`,
  })),
  'blank-rows': warning((count) => ({
    fr: `Il y a des lignes vides au milieu de cette feuille (${count}, à partir d’ici) : elles sont passées, retirez-les.`,
    en: `There are blank rows in the middle of this sheet (${count}, from here on): they are passed over, take them out.`,
  })),
  'unknown-column': warning((found, near) => ({
    fr: `La colonne « ${found} » n’est pas lue.${meant(near).fr}`,
    en: `The column "${found}" is not read.${meant(near).en}`,
  })),
  'comment-row': warning(() => ({
    fr: 'Cette ligne n’a ni type ni nom : elle est laissée de côté.',
    en: 'This row has neither type nor name: it is left out.',
  })),
} as const satisfies Readonly<Record<string, MessageRow>>;
