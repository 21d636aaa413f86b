import type { Bilingual } from '../text.ts';
import { refusalOf } from './refused-types.ts';

type Severity = 'error' | 'warning';
interface MessageRow {
  readonly severity: Severity;
  /** Given what was found (a, b), says what is wrong and what to do about it. */
  readonly message: (a: string, b: string) => Bilingual;
}

const error = (message: MessageRow['message']): MessageRow => ({ severity: 'error', message });
const warning = (message: MessageRow['message']): MessageRow => ({ severity: 'warning', message });

/** ` Did you mean …?`, if there is a name like it. */
const meant = (near: string): Bilingual =>
  near === ''
    ? { fr: '', en: '' }
    : { fr: ` Vouliez-vous dire « ${near} » ?`, en: ` Did you mean "${near}"?` };

const oneOf = (found: string, allowed: string): Bilingual => ({
  fr: `« ${found} » n’est pas une valeur de cette colonne : écrivez ${allowed}.`,
  en: `"${found}" is no value of this column: write ${allowed}.`,
});

/** Every fault and warning that a form can have. Codes are permanent. */
export const formMessages = {
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
  'missing-type': error(() => ({
    fr: 'Cette ligne n’a pas de type : écrivez-le dans la colonne type (text, integer, select_one liste…).',
    en: 'This row has no type: write one in column type (text, integer, select_one list…).',
  })),
  'unknown-type': error((found, near) => ({
    fr: `Le type « ${found} » n’existe pas : choisissez-en un de XLSForm.${meant(near).fr}`,
    en: `There is no type "${found}": choose one of XLSForm's.${meant(near).en}`,
  })),
  'unsupported-type': error((found) => {
    const reason = refusalOf(found);
    return {
      fr: `Le type « ${found} » n’est pas pris : ${reason?.fr ?? ''}`,
      en: `The type "${found}" is not taken: ${reason?.en ?? ''}`,
    };
  }),
  'missing-name': error(() => ({
    fr: 'Cette ligne n’a pas de nom : donnez-lui en un, court et sans espace.',
    en: 'This row has no name: give it one, short and without spaces.',
  })),
  'invalid-name': error((found) => ({
    fr: `« ${found} » ne peut pas être un nom : commencez par une lettre ou _, puis des lettres, chiffres, « _ », « - » ou « . » (100 signes au plus).`,
    en: `"${found}" cannot be a name: begin with a letter or _, then letters, digits, "_", "-" or "." (at most 100 characters).`,
  })),
  'duplicate-name': error((found, row) => ({
    fr: `Le nom « ${found} » est déjà pris à la ligne ${row} : choisissez-en un autre.`,
    en: `The name "${found}" is taken on row ${row}: choose another.`,
  })),
  'reserved-name': error((found) => ({
    fr: `Le nom « ${found} » est réservé : choisissez-en un autre.`,
    en: `The name "${found}" is reserved: choose another.`,
  })),
  'audit-name': warning((found) => ({
    fr: `Les téléphones appellent toujours ce journal « audit », pas « ${found} » : mieux vaut vider cette cellule.`,
    en: `Phones always call this log "audit", not "${found}": better empty this cell.`,
  })),
  'name-differs-by-case': warning((found, other) => ({
    fr: `« ${found} » ne diffère de « ${other} » que par les majuscules : un autre nom éviterait de les confondre.`,
    en: `"${found}" differs from "${other}" in capitals only: another name would tell them apart.`,
  })),
  'name-elsewhere': warning((found, row) => ({
    fr: `« ${found} » est aussi le nom de la ligne ${row}, dans un autre groupe : \${${found}} ne pourra désigner ni l’une ni l’autre.`,
    en: `"${found}" is also the name of row ${row}, in another group: \${${found}} can mean neither of them.`,
  })),
  'column-name-taken': warning((found) => ({
    fr: `Les tableaux ont déjà une colonne « ${found} » : un autre nom éviterait de les confondre.`,
    en: `Tables have a column "${found}" already: another name would tell them apart.`,
  })),
  'unbalanced-group': error((found, wanted) => ({
    fr: `« ${found} » ne va avec aucun début ou aucune fin ici : ajoutez la ligne « ${wanted} ».`,
    en: `"${found}" has no beginning or no end here: add the row "${wanted}".`,
  })),
  'too-deep': error((found, most) => ({
    fr: `Les groupes sont imbriqués sur ${found} niveaux : ${most} au plus.`,
    en: `Groups are nested ${found} deep: at most ${most}.`,
  })),
  'empty-group': warning((found) => ({
    fr: `Le groupe « ${found} » est vide : retirez-le ou ajoutez-y des questions.`,
    en: `The group "${found}" is empty: take it out or add questions.`,
  })),
  'missing-list': error((found) => ({
    fr: `Après « ${found} », nommez une liste de choix : « ${found} ma_liste ».`,
    en: `Name a list of choices after "${found}": "${found} my_list".`,
  })),
  'unknown-list': error((found, near) => ({
    fr: `La liste « ${found} » n’est ni dans la feuille choices ni dans les vocabulaires : ajoutez-la.${meant(near).fr}`,
    en: `The list "${found}" is neither in the choices sheet nor a vocabulary: add it.${meant(near).en}`,
  })),
  'unused-list': warning((found) => ({
    fr: `Aucune question ne se sert de la liste « ${found} » : retirez-la, ou corrigez son nom.`,
    en: `No question uses the list "${found}": take it out, or correct its name.`,
  })),
  'list-name-taken': error((found, other) => ({
    fr: `« ${found} » et « ${other} » auraient le même nom de liste : renommez l’un des deux.`,
    en: `"${found}" and "${other}" would have the same name of list: rename one of them.`,
  })),
  'bad-list-file': error((found) => ({
    fr: `« ${found} » n’est pas un fichier de liste : nommez un fichier .csv, .xml ou .geojson.`,
    en: `"${found}" is no list file: name a .csv, .xml or .geojson file.`,
  })),
  'missing-file': warning((found) => ({
    fr: `Le fichier « ${found} » n’est pas encore là, sa liste est vide : déposez-le avant de publier.`,
    en: `The file "${found}" is not there yet, its list is empty: upload it before you publish.`,
  })),
  'unknown-file-column': error((found, columns) => ({
    fr: `Le fichier n’a pas cette colonne (${found}) : dites dans parameters « value=… label=… » parmi ${columns}.`,
    en: `The file has no such column (${found}): state in parameters "value=… label=…" out of ${columns}.`,
  })),
  'other-not-here': error(() => ({
    fr: 'or_other ne va qu’avec une liste de la feuille choices : ajoutez un choix « other » et une question de type text.',
    en: 'or_other goes only with a list of the choices sheet: add a choice "other" and a question of type text.',
  })),
  'bad-choices-from': error((found) => ({
    fr: `\${${found}} ne peut pas donner des choix : il faut une question qui se répète (dans un begin_repeat).`,
    en: `\${${found}} cannot give choices: a question that repeats is needed (in a begin_repeat).`,
  })),
  'missing-list-name': error(() => ({
    fr: 'Ce choix n’a pas de liste : écrivez son nom dans la colonne list_name.',
    en: 'This choice has no list: write its name in column list_name.',
  })),
  'missing-choice-name': error(() => ({
    fr: 'Ce choix n’a pas de code : écrivez-le dans la colonne name.',
    en: 'This choice has no code: write it in column name.',
  })),
  'duplicate-choice': error((found, row) => ({
    fr: `Le choix « ${found} » est déjà dans cette liste, ligne ${row} : changez son code.`,
    en: `The choice "${found}" is in this list already, row ${row}: change its code.`,
  })),
  'choice-with-space': error((found) => ({
    fr: `« ${found} » a un espace, mais plusieurs codes s’écrivent séparés par des espaces : mettez « _ ».`,
    en: `"${found}" has a space, but several codes are written parted by spaces: put "_".`,
  })),
  'invalid-choice-name': error((found) => ({
    fr: `« ${found} » ne peut pas être un code de choix : 200 signes au plus, sans caractère de contrôle.`,
    en: `"${found}" cannot be a choice's code: at most 200 characters, no control character.`,
  })),
  'missing-calculation': error((found) => ({
    fr: `« ${found} » ne calcule rien : remplissez la colonne calculation.`,
    en: `"${found}" calculates nothing: fill in column calculation.`,
  })),
  'unknown-reference': error((found, near) => ({
    fr: `\${${found}} ne désigne aucune question : corrigez le nom.${meant(near).fr}`,
    en: `\${${found}} is no question: correct the name.${meant(near).en}`,
  })),
  'ambiguous-reference': error((found) => ({
    fr: `Plusieurs questions s’appellent « ${found} » : renommez-les pour que \${${found}} n’en désigne qu’une.`,
    en: `Several questions are called "${found}": rename them so that \${${found}} means one.`,
  })),
  cycle: error((found) => ({
    fr: `Ces lignes dépendent l’une de l’autre en rond : ${found}. Retirez une des références.`,
    en: `These rows depend on each other in a circle: ${found}. Take one of the references out.`,
  })),
  'bad-default': warning((found, type) => ({
    fr: `La valeur par défaut « ${found} » n’est pas une réponse de type ${type} : corrigez-la.`,
    en: `The default "${found}" is no answer of type ${type}: correct it.`,
  })),
  'bad-range': error((found) => ({
    fr: `Ces paramètres ne décrivent pas une échelle (${found}) : écrivez « start=0 end=10 step=1 », end au-delà de start, step positif.`,
    en: `These parameters describe no range (${found}): write "start=0 end=10 step=1", end beyond start, step positive.`,
  })),
  'bad-visibility': error(oneOf),
  'bad-precision': error(oneOf),
  'bad-yes-no': error(oneOf),
  'bad-audience': error(oneOf),
  'bad-review': error(oneOf),
  'bad-expected': error(oneOf),
  'bad-public-metadata': error(oneOf),
  'bad-hxl': error((found) => ({
    fr: `« ${found} » n’est pas une étiquette HXL : écrivez par exemple #adm1+code.`,
    en: `"${found}" is no HXL tag: write for instance #adm1+code.`,
  })),
  'bad-k': error((found) => ({
    fr: `« ${found} » n’est pas un seuil : écrivez un nombre entier de 1 à 1000.`,
    en: `"${found}" is no threshold: write a whole number from 1 to 1000.`,
  })),
  'bad-due': error((found) => ({
    fr: `« ${found} » n’est pas une date : écrivez-la AAAA-MM-JJ.`,
    en: `"${found}" is no date: write it YYYY-MM-DD.`,
  })),
  'bad-license': error((found) => ({
    fr: `« ${found} » n’est pas une licence : écrivez son code SPDX (CC-BY-4.0) ou son adresse https.`,
    en: `"${found}" is no license: write its SPDX code (CC-BY-4.0) or its https address.`,
  })),
  'bad-version': error((found) => ({
    fr: `La version « ${found} » ne convient pas : 64 signes au plus, sans caractère de contrôle.`,
    en: `The version "${found}" will not do: at most 64 characters, no control character.`,
  })),
  'bad-file-name': error((found) => ({
    fr: `« ${found} » ne peut pas être le nom d’un fichier : écrivez-le sans chemin ni signe spécial, comme « carte.png ».`,
    en: `"${found}" cannot be the name of a file: write it without folders or special characters, like "map.png".`,
  })),
  'bad-attachment-max': error((found) => ({
    fr: `« ${found} » n’est pas une taille : écrivez un nombre de mégaoctets, de 0.1 à 1000.`,
    en: `"${found}" is no size: write a number of megabytes, from 0.1 to 1000.`,
  })),
  'bad-attachment-type': error((found) => ({
    fr: `« ${found} » n’est pas un type de fichier : écrivez par exemple « application/pdf image/* ».`,
    en: `"${found}" is no media type: write for instance "application/pdf image/*".`,
  })),
  'unknown-setting-question': error((found, near) => ({
    fr: `Aucune question ne s’appelle « ${found} » : corrigez ce réglage.${meant(near).fr}`,
    en: `No question is called "${found}": correct this setting.${meant(near).en}`,
  })),
  'bad-consent': error((found) => ({
    fr: `« ${found} » ne peut pas dire le consentement : il faut une seule question select_one ou acknowledge, hors des répétitions.`,
    en: `"${found}" cannot tell consent: one select_one or acknowledge question is needed, outside repeats.`,
  })),
  'bad-geometry': error((found) => ({
    fr: `« ${found} » n’est pas un lieu : il faut une seule question geopoint, geotrace, geoshape ou select_one.`,
    en: `"${found}" is no place: one geopoint, geotrace, geoshape or select_one question is needed.`,
  })),
  'form-id-differs': warning((found, actual) => ({
    fr: `Le réglage form_id dit « ${found} » mais la fiche s’appelle « ${actual} » : c’est ce nom qui vaut.`,
    en: `The setting form_id says "${found}" but the form is called "${actual}": that name holds.`,
  })),
  'unknown-column': warning((found, near) => ({
    fr: `La colonne « ${found} » n’est pas lue.${meant(near).fr}`,
    en: `The column "${found}" is not read.${meant(near).en}`,
  })),
  'comment-row': warning(() => ({
    fr: 'Cette ligne n’a ni type ni nom : elle est laissée de côté.',
    en: 'This row has neither type nor name: it is left out.',
  })),
  'bare-name': warning((found) => ({
    fr: `« ${found} » est écrit sans rien autour : mettez \${${found}} pour une question, des guillemets pour un texte.`,
    en: `"${found}" stands by itself: write \${${found}} for a question, quotes for a text.`,
  })),
  'not-in-collect': warning((found) => ({
    fr: `ODK Collect ne connaît pas ${found}() : cette fiche ne se remplira qu’en ligne.`,
    en: `ODK Collect does not know ${found}(): this form can be filled in online only.`,
  })),
  'unknown-filter-column': warning((found, near) => ({
    fr: `La liste n’a pas de colonne « ${found} » : ce filtre écarte tout.${meant(near).fr}`,
    en: `The list has no column "${found}": this filter lets nothing through.${meant(near).en}`,
  })),
  'unknown-list-read': warning((found, near) => ({
    fr: `Aucune liste ne s’appelle « ${found} » : cette lecture restera vide.${meant(near).fr}`,
    en: `No list is called "${found}": what is read from it stays empty.${meant(near).en}`,
  })),
  'missing-label': warning((found) => ({
    fr: `« ${found} » n’a pas de libellé : remplissez la colonne label.`,
    en: `"${found}" has no label: fill in column label.`,
  })),
  'missing-translation': warning((found, languages) => ({
    fr: `Il manque une traduction de « ${found} » : ${languages}.`,
    en: `A translation of "${found}" is missing: ${languages}.`,
  })),
  'place-hidden': warning((found) => ({
    fr: `Le lieu « ${found} » restera caché du public : dites sa précision (exact, adm2 ou adm1) pour le montrer.`,
    en: `The place "${found}" stays hidden from the public: state its precision (exact, adm2 or adm1) to show it.`,
  })),
  'name-generated': warning((found) => ({
    fr: `Cette note n’a pas de nom : elle s’appelle « ${found} ».`,
    en: `This note has no name: it is called "${found}".`,
  })),
} as const satisfies Readonly<Record<string, MessageRow>>;

export type FormMessageCode = keyof typeof formMessages;
