import type { Bilingual } from '../text.ts';
import { refusalOf } from './types/read-type.ts';

/** An error or a warning that a form can have. */
interface MessageRow {
  readonly severity: 'error' | 'warning';
  /** Given what was found (a, b), says what is wrong and what to do about it. */
  readonly message: (a: string, b: string) => Bilingual;
}

const error = (message: MessageRow['message']): MessageRow => ({
  severity: 'error',
  message,
});
const warning = (message: MessageRow['message']): MessageRow => ({
  severity: 'warning',
  message,
});

/** ` Did you mean …?`, if there is a name like it. */
const meant = (near: string): Bilingual =>
  near === ''
    ? { fr: '', en: '' }
    : { fr: ` Vouliez-vous dire « ${near} » ?`, en: ` Did you mean "${near}"?` };

const oneOf = (found: string, allowed: string): Bilingual => ({
  fr: `« ${found} » n’est pas une valeur de cette colonne : écrivez ${allowed}.`,
  en: `"${found}" is no value of this column: write ${allowed}.`,
});

/** Every error and warning that a form can have. Codes are permanent. */
export const formMessages = {
  // Sheets as a whole, their headings and their cells.
  'empty-form': error(() => ({
    fr: 'Cette fiche ne pose aucune question : ajoutez des lignes à la feuille survey.',
    en: 'This form asks nothing: add rows to the survey sheet.',
  })),
  'too-many-rows': error((found, most) => ({
    fr: `Cette feuille a ${found} lignes : ${most} au plus, retirez-en.`,
    en: `This sheet has ${found} rows: at most ${most}, take some out.`,
  })),
  'cell-too-long': error((most) => ({
    fr: `Cette cellule est trop longue : ${most} signes au plus.`,
    en: `This cell is too long: at most ${most} characters.`,
  })),
  'too-many-faults': error((most) => ({
    fr: `Il y a d’autres erreurs : seules les ${most} premières sont affichées.`,
    en: `There are more errors: only the first ${most} are listed.`,
  })),
  'missing-column': error((found, near) => ({
    fr: `Cette feuille n’a pas de colonne « ${found} » : écrivez ce titre sur sa première ligne.${near === '' ? '' : ` Est-ce « ${near} » ?`}`,
    en: `This sheet has no column "${found}": write this heading on its first row.${near === '' ? '' : ` Is it "${near}"?`}`,
  })),
  'column-twice': error((found, other) => ({
    fr: `Les colonnes « ${found} » et « ${other} » disent la même chose autrement : n’en gardez qu’une.`,
    en: `The columns "${found}" and "${other}" say the same thing differently: keep one.`,
  })),
  'column-like': warning((found, near) => ({
    fr: `La colonne « ${found} » est gardée sans être lue.${meant(near).fr}`,
    en: `The column "${found}" is kept without being read.${meant(near).en}`,
  })),
  'blanks-around': warning((count) => ({
    fr: `Des espaces entourent un code dans cette colonne (cellules : ${count}) : ils sont laissés de côté, retirez-les.`,
    en: `There are blanks around a code in this column (cells: ${count}): they are left out, take them out.`,
  })),
  'blank-rows': warning((count) => ({
    fr: `Il y a des lignes vides au milieu de cette feuille (${count}, à partir d’ici) : elles sont passées, retirez-les.`,
    en: `There are blank rows in the middle of this sheet (${count}, from here on): they are passed over, take them out.`,
  })),
  'unknown-column': warning((found, near) => ({
    fr: `La colonne « ${found} » n’est pas lue.${meant(near).fr}`,
    en: `The column "${found}" is not read.${meant(near).en}`,
  })),
  'comment-row': warning(() => ({
    fr: 'Cette ligne n’a ni type ni nom : elle est laissée de côté.',
    en: 'This row has neither type nor name: it is left out.',
  })),

  // Rows of the survey.
  'missing-type': error(() => ({
    fr: 'Cette ligne n’a pas de type : écrivez-le dans la colonne type (text, integer, select_one liste…).',
    en: 'This row has no type: write one in column type (text, integer, select_one list…).',
  })),
  'unknown-type': error((found, near) => ({
    fr: `Le type « ${found} » n’existe pas : choisissez-en un de XLSForm.${meant(near).fr}`,
    en: `There is no type "${found}": choose one of XLSForm's.${meant(near).en}`,
  })),
  'unsupported-type': error((found) => {
    const reason = refusalOf(found);
    return {
      fr: `Le type « ${found} » n’est pas pris : ${reason?.fr ?? ''}`,
      en: `The type "${found}" is not taken: ${reason?.en ?? ''}`,
    };
  }),
  'missing-name': error(() => ({
    fr: 'Cette ligne n’a pas de nom : donnez-lui en un, court et sans espace.',
    en: 'This row has no name: give it one, short and without spaces.',
  })),
  'invalid-name': error((found) => ({
    fr: `« ${found} » ne peut pas être un nom : commencez par une lettre ou _, puis des lettres, chiffres, « _ », « - » ou « . » (100 signes au plus).`,
    en: `"${found}" cannot be a name: begin with a letter or _, then letters, digits, "_", "-" or "." (at most 100 characters).`,
  })),
  'duplicate-name': error((found, row) => ({
    fr: `Le nom « ${found} » est déjà pris à la ligne ${row} : choisissez-en un autre.`,
    en: `The name "${found}" is taken on row ${row}: choose another.`,
  })),
  'reserved-name': error((found) => ({
    fr: `Le nom « ${found} » est réservé : choisissez-en un autre.`,
    en: `The name "${found}" is reserved: choose another.`,
  })),
  'audit-name': warning((found) => ({
    fr: `Les téléphones appellent toujours ce journal « audit », pas « ${found} » : mieux vaut vider cette cellule.`,
    en: `Phones always call this log "audit", not "${found}": better empty this cell.`,
  })),
  'name-differs-by-case': warning((found, other) => ({
    fr: `« ${found} » ne diffère de « ${other} » que par les majuscules : un autre nom éviterait de les confondre.`,
    en: `"${found}" differs from "${other}" in capitals only: another name would tell them apart.`,
  })),
  'name-elsewhere': warning((found, row) => ({
    fr: `« ${found} » est aussi le nom de la ligne ${row}, dans un autre groupe : \${${found}} ne pourra désigner ni l’une ni l’autre.`,
    en: `"${found}" is also the name of row ${row}, in another group: \${${found}} can mean neither of them.`,
  })),
  'column-name-taken': warning((found) => ({
    fr: `Les tableaux ont déjà une colonne « ${found} » : un autre nom éviterait de les confondre.`,
    en: `Tables have a column "${found}" already: another name would tell them apart.`,
  })),
  'unbalanced-group': error((found, wanted) => ({
    fr: `« ${found} » ne va avec aucun début ou aucune fin ici : ajoutez la ligne « ${wanted} ».`,
    en: `"${found}" has no beginning or no end here: add the row "${wanted}".`,
  })),
  'too-deep': error((found, most) => ({
    fr: `Les groupes sont imbriqués sur ${found} niveaux : ${most} au plus.`,
    en: `Groups are nested ${found} deep: at most ${most}.`,
  })),
  'empty-group': warning((found) => ({
    fr: `Le groupe « ${found} » est vide : retirez-le ou ajoutez-y des questions.`,
    en: `The group "${found}" is empty: take it out or add questions.`,
  })),
  'missing-calculation': error((found) => ({
    fr: `« ${found} » ne calcule rien : remplissez la colonne calculation.`,
    en: `"${found}" calculates nothing: fill in column calculation.`,
  })),
  'missing-label': warning((found) => ({
    fr: `« ${found} » n’a pas de libellé : remplissez la colonne label.`,
    en: `"${found}" has no label: fill in column label.`,
  })),
  'missing-translation': warning((found, languages) => ({
    fr: `Il manque une traduction de « ${found} » : ${languages}.`,
    en: `A translation of "${found}" is missing: ${languages}.`,
  })),
  'name-generated': warning((found) => ({
    fr: `Cette note n’a pas de nom : elle s’appelle « ${found} ».`,
    en: `This note has no name: it is called "${found}".`,
  })),
  'place-hidden': warning((found) => ({
    fr: `Le lieu « ${found} » restera caché du public : dites sa précision (exact, adm2 ou adm1) pour le montrer.`,
    en: `The place "${found}" stays hidden from the public: state its precision (exact, adm2 or adm1) to show it.`,
  })),
  'text-not-public': warning((found) => ({
    fr: `« ${found} » restera caché du public : un texte libre n’est public que si la colonne review_text dit yes, et une fois la réponse validée.`,
    en: `"${found}" stays hidden from the public: free text is public only if column review_text says yes, and once the record is accepted.`,
  })),
  'text-not-reviewed': error((found) => ({
    fr: `« ${found} » ne peut pas être public : avec review none, personne ne lirait ce texte avant qu’il paraisse. Écrivez review required, ou videz review_text.`,
    en: `"${found}" cannot be public: with review none nobody would read this text before it appears. Write review required, or empty review_text.`,
  })),
  'identifies-by-dependence': warning((found, of) => ({
    fr: `« ${found} » est publiée comme un quasi-identifiant, car elle dépend de \${${of}}.`,
    en: `"${found}" is published like a quasi-identifier, because it depends on \${${of}}.`,
  })),
  'identifies-as-input': warning((found, of) => ({
    fr: `« ${found} » est publiée comme un quasi-identifiant, car \${${of}} s’en calcule.`,
    en: `"${found}" is published like a quasi-identifier, because \${${of}} is computed from it.`,
  })),
  'identifies-as-place': warning((found) => ({
    fr: `« ${found} » est publiée comme un quasi-identifiant : dans une fiche qui en marque, tout lieu en est un, quelle que soit sa précision.`,
    en: `"${found}" is published like a quasi-identifier: in a form that marks any, every place is one, whatever its precision.`,
  })),
  'identifies-by-rows': warning((found) => ({
    fr: `Le nombre de lignes de « ${found} » est traité comme un quasi-identifiant : une réponse qui en a un nombre rare n’est pas publiée.`,
    en: `The number of rows of "${found}" is treated as a quasi-identifier: a record with a rare number of them is not published.`,
  })),
  'identifies-and-sensitive': warning((found) => ({
    fr: `« ${found} » est à la fois sensible et quasi-identifiante : qui la connaît y reconnaît quelqu’un, et les réponses d’une même classe se ressemblent alors trop pour être publiées. Ne gardez que l’un des deux si vous le pouvez.`,
    en: `"${found}" is both sensitive and a quasi-identifier: who knows it can single someone out by it, and the answers of one class are then too much alike to be published. Keep one of the two if you can.`,
  })),
  'bad-default': warning((found, type) => ({
    fr: `La valeur par défaut « ${found} » n’est pas une réponse de type ${type} : corrigez-la.`,
    en: `The default "${found}" is no answer of type ${type}: correct it.`,
  })),
  'unreadable-parameters': error((found) => ({
    fr: `Ces paramètres ne se lisent pas (${found}) : écrivez « nom=valeur », séparés par des espaces.`,
    en: `These parameters cannot be read (${found}): write "name=value", parted by blanks.`,
  })),
  'unknown-parameter': warning((found, near) => ({
    fr: `Ce type de question n’a pas de paramètre « ${found} » : il est laissé de côté.${meant(near).fr}`,
    en: `This type of question has no parameter "${found}": it is left out.${meant(near).en}`,
  })),
  'bad-parameter': error((found, expected) => ({
    fr: `Le paramètre « ${found} » ne convient pas : il faut ${expected}.`,
    en: `The parameter "${found}" will not do: ${expected} is needed.`,
  })),
  'bad-trigger': error((found) => ({
    fr: `« ${found} » n’est pas un déclencheur : écrivez \${nom}, ou plusieurs séparés par des virgules.`,
    en: `"${found}" is no trigger: write \${name}, or several parted by commas.`,
  })),
  'missing-trigger': error((found) => ({
    fr: `« ${found} » relève la position quand une autre réponse change : nommez-la dans la colonne trigger.`,
    en: `"${found}" takes the position when another answer changes: name that one in column trigger.`,
  })),
  'search-appearance': error(() => ({
    fr: 'L’apparence search() n’est pas prise : écrivez le type « select_one_from_file fichier.csv », avec un choice_filter.',
    en: 'The appearance search() is not taken: write the type "select_one_from_file file.csv", with a choice_filter.',
  })),
  'bad-attribute': error((found) => ({
    fr: `« ${found} » ne peut pas être un attribut ici : un nom sans espace, son préfixe déclaré dans le réglage namespaces, ni ref ni nodeset.`,
    en: `"${found}" cannot be an attribute here: a name without spaces, its prefix declared in the setting namespaces, neither ref nor nodeset.`,
  })),
  'deprecated-type': warning((found) => ({
    fr: `Les téléphones d’aujourd’hui ne donnent plus « ${found} » : la réponse restera vide, retirez la question.`,
    en: `Phones of today no longer give "${found}": the answer will stay blank, take the question out.`,
  })),
  'bad-range': error((found) => ({
    fr: `Ces paramètres ne décrivent pas une échelle (${found}) : écrivez « start=0 end=10 step=1 », end différent de start, step positif.`,
    en: `These parameters describe no range (${found}): write "start=0 end=10 step=1", end other than start, step positive.`,
  })),
  'bad-visibility': error(oneOf),
  'bad-precision': error(oneOf),
  'bad-yes-no': error(oneOf),
  'bad-sensitive': error((found) => ({
    fr: `« ${found} » ne se lit pas : écrivez yes, no, ou le nombre de réponses différentes qu’il faut dans chaque classe, de 2 à 1000.`,
    en: `"${found}" cannot be read: write yes, no, or how many different answers each class needs, from 2 to 1000.`,
  })),
  'bad-importance': error((found) => ({
    fr: `« ${found} » n’est pas une importance : écrivez un nombre entier de 1 à 5.`,
    en: `"${found}" is no importance: write a whole number from 1 to 5.`,
  })),
  'bad-hxl': error((found) => ({
    fr: `« ${found} » n’est pas une étiquette HXL : écrivez par exemple #adm1+code.`,
    en: `"${found}" is no HXL tag: write for instance #adm1+code.`,
  })),

  // Lists of choices, and files that the form names.
  'missing-list': error((found) => ({
    fr: `Après « ${found} », nommez une liste de choix : « ${found} ma_liste ».`,
    en: `Name a list of choices after "${found}": "${found} my_list".`,
  })),
  'unknown-list': error((found, near) => ({
    fr: `La liste « ${found} » n’est ni dans la feuille choices ni dans les vocabulaires : ajoutez-la.${meant(near).fr}`,
    en: `The list "${found}" is neither in the choices sheet nor a vocabulary: add it.${meant(near).en}`,
  })),
  'missing-list-name': error(() => ({
    fr: 'Ce choix n’a pas de liste : écrivez son nom dans la colonne list_name.',
    en: 'This choice has no list: write its name in column list_name.',
  })),
  'missing-choice-name': error(() => ({
    fr: 'Ce choix n’a pas de code : écrivez-le dans la colonne name.',
    en: 'This choice has no code: write it in column name.',
  })),
  'bad-choice-column': warning((found) => ({
    fr: `La colonne « ${found} » n’est pas lue : pour s’en servir dans un choice_filter, donnez-lui un titre sans espace ni signe.`,
    en: `The column "${found}" is not read: to use it in a choice_filter, give it a heading without spaces or signs.`,
  })),
  'duplicate-choice': error((found, row) => ({
    fr: `Le choix « ${found} » est déjà dans cette liste, ligne ${row} : changez son code.`,
    en: `The choice "${found}" is in this list already, row ${row}: change its code.`,
  })),
  'choice-with-space': error((found) => ({
    fr: `« ${found} » a un espace, mais plusieurs codes s’écrivent séparés par des espaces : mettez « _ ».`,
    en: `"${found}" has a space, but several codes are written parted by spaces: put "_".`,
  })),
  'invalid-choice-name': error((found) => ({
    fr: `« ${found} » ne peut pas être un code de choix : 200 signes au plus, sans caractère de contrôle.`,
    en: `"${found}" cannot be a choice's code: at most 200 characters, no control character.`,
  })),
  'unused-list': warning((found) => ({
    fr: `Aucune question ne se sert de la liste « ${found} » : retirez-la, ou corrigez son nom.`,
    en: `No question uses the list "${found}": take it out, or correct its name.`,
  })),
  'list-name-taken': error((found, other) => ({
    fr: `« ${found} » et « ${other} » auraient le même nom de liste : renommez l’un des deux.`,
    en: `"${found}" and "${other}" would have the same name of list: rename one of them.`,
  })),
  'bad-list-file': error((found) => ({
    fr: `« ${found} » n’est pas un fichier de liste : nommez un fichier .csv, .xml ou .geojson.`,
    en: `"${found}" is no list file: name a .csv, .xml or .geojson file.`,
  })),
  'external-inside': warning((found) => ({
    fr: `La liste « ${found} » de external_choices voyage dans la fiche elle-même : le type select_one suffit.`,
    en: `The list "${found}" of external_choices travels inside the form itself: the type select_one will do.`,
  })),
  'bad-list-name': error((found) => ({
    fr: `« ${found} » ne peut pas être le nom d’une liste : écrivez-le sans espace.`,
    en: `"${found}" cannot be the name of a list: write it without spaces.`,
  })),
  'missing-file': warning((found) => ({
    fr: `Le fichier « ${found} » n’est pas encore là, sa liste est vide : déposez-le avant de publier.`,
    en: `The file "${found}" is not there yet, its list is empty: upload it before you publish.`,
  })),
  'unknown-file-column': error((found, columns) => ({
    fr: `Le fichier n’a pas cette colonne (${found}) : dites dans parameters « value=… label=… » parmi ${columns}.`,
    en: `The file has no such column (${found}): state in parameters "value=… label=…" out of ${columns}.`,
  })),
  'other-not-here': error(() => ({
    fr: 'or_other ne va qu’avec une liste de la feuille choices : ajoutez un choix « other » et une question de type text.',
    en: 'or_other goes only with a list of the choices sheet: add a choice "other" and a question of type text.',
  })),
  'bad-choices-from': error((found) => ({
    fr: `\${${found}} ne peut pas donner des choix : il faut une question qui se répète (dans un begin_repeat).`,
    en: `\${${found}} cannot give choices: a question that repeats is needed (in a begin_repeat).`,
  })),
  'bad-file-name': error((found) => ({
    fr: `« ${found} » ne peut pas être le nom d’un fichier : écrivez-le sans chemin ni signe spécial, comme « carte.png ».`,
    en: `"${found}" cannot be the name of a file: write it without folders or special characters, like "map.png".`,
  })),

  // What an expression or a text refers to.
  'unknown-reference': error((found, near) => ({
    fr: `\${${found}} ne désigne aucune question : corrigez le nom.${meant(near).fr}`,
    en: `\${${found}} is no question: correct the name.${meant(near).en}`,
  })),
  'ambiguous-reference': error((found) => ({
    fr: `Plusieurs questions s’appellent « ${found} » : renommez-les pour que \${${found}} n’en désigne qu’une.`,
    en: `Several questions are called "${found}": rename them so that \${${found}} means one.`,
  })),
  cycle: error((found) => ({
    fr: `Ces lignes dépendent l’une de l’autre en rond : ${found}. Retirez une des références.`,
    en: `These rows depend on each other in a circle: ${found}. Take one of the references out.`,
  })),
  'typography-read': warning(() => ({
    fr: 'Des guillemets courbes ou des espaces insécables sont lus ici comme des guillemets droits et des espaces : remplacez-les.',
    en: 'Curly quotes or unbreakable spaces are read here as straight quotes and spaces: replace them.',
  })),
  'bare-name': warning((found) => ({
    fr: `« ${found} » est écrit sans rien autour : mettez \${${found}} pour une question, des guillemets pour un texte.`,
    en: `"${found}" stands by itself: write \${${found}} for a question, quotes for a text.`,
  })),
  'not-in-collect': warning((found) => ({
    fr: `ODK Collect ne connaît pas ${found}() : cette fiche ne se remplira qu’en ligne.`,
    en: `ODK Collect does not know ${found}(): this form can be filled in online only.`,
  })),
  'union-not-in-collect': warning(() => ({
    fr: 'ODK Collect ne connaît pas l’union « | » et s’arrête ici : cette fiche ne se remplira qu’en ligne. Écrivez un calcul par question, comme « sum(${a}) + sum(${b}) ».',
    en: 'ODK Collect does not know the union "|" and stops here: this form can be filled in online only. Write one calculation for each question, such as "sum(${a}) + sum(${b})".',
  })),
  'star-not-in-collect': warning(() => ({
    fr: 'ODK Collect ne suit pas « * » vers des questions différentes et s’arrête ici : nommez chaque question avec ${…}.',
    en: 'ODK Collect does not follow "*" to different questions and stops here: name each question with ${…}.',
  })),
  'text-date-in-collect': warning((found) => ({
    fr: `Dans ODK Collect, comparer une date à un texte est toujours faux : écrivez date('${found}').`,
    en: `In ODK Collect, comparing a date with a text is always false: write date('${found}').`,
  })),
  'several-in-collect': warning((found, repeat) => ({
    fr: `« ${found} » se répète dans « ${repeat} » : vu d’ici, ODK Collect s’arrête dès qu’il y en a deux. Écrivez indexed-repeat(\${${found}}, \${${repeat}}, 1) pour l’un d’eux, count(\${${repeat}}[${found} = …]) pour les compter.`,
    en: `"${found}" repeats in "${repeat}": seen from here, ODK Collect stops as soon as there are two. Write indexed-repeat(\${${found}}, \${${repeat}}, 1) for one of them, count(\${${repeat}}[${found} = …]) to count them.`,
  })),
  'hidden-trigger': error((found) => ({
    fr: `« ${found} » ne déclenchera rien : personne n’y répond. Nommez une question que l’on voit, ou videz la colonne trigger pour calculer à chaque changement.`,
    en: `"${found}" will trigger nothing: nobody answers it. Name a question that is shown, or empty column trigger to calculate at every change.`,
  })),
  'pulled-inside': warning((found) => ({
    fr: `Dans ODK Collect, pulldata() ne lit qu’un fichier CSV, et « ${found} » est une liste de la fiche : écrivez instance('${found}')/root/item[name = …]/label.`,
    en: `In ODK Collect, pulldata() reads CSV files only, and "${found}" is a list of the form: write instance('${found}')/root/item[name = …]/label.`,
  })),
  'unknown-filter-column': warning((found, near) => ({
    fr: `La liste n’a pas de colonne « ${found} » : ce filtre écarte tout.${meant(near).fr}`,
    en: `The list has no column "${found}": this filter lets nothing through.${meant(near).en}`,
  })),
  'unknown-list-read': warning((found, near) => ({
    fr: `Aucune liste ne s’appelle « ${found} » : cette lecture restera vide.${meant(near).fr}`,
    en: `No list is called "${found}": what is read from it stays empty.${meant(near).en}`,
  })),

  // Settings, and what concerns the form as a whole.
  'bad-audience': error(oneOf),
  'bad-review': error(oneOf),
  'bad-expected': error(oneOf),
  'bad-public-metadata': error(oneOf),
  'metadata-identifies': warning((found) => ({
    fr: `${found} : publiés avec des quasi-identifiants, ils en sont aussi, par le jour pour les dates ; davantage de réponses seront rendues moins précises ou retenues.`,
    en: `${found}: published beside quasi-identifiers, they are some too, dates by the day; more records will be made coarser or withheld.`,
  })),
  'bad-k': error((found) => ({
    fr: `« ${found} » n’est pas un seuil : écrivez un nombre entier de 1 à 1000.`,
    en: `"${found}" is no threshold: write a whole number from 1 to 1000.`,
  })),
  'bad-max-suppressed': error((found) => ({
    fr: `« ${found} » n’est pas un pourcentage : écrivez un nombre de 0 à 100.`,
    en: `"${found}" is no percentage: write a number from 0 to 100.`,
  })),
  'bad-max-risk': error((found) => ({
    fr: `« ${found} » n’est pas un pourcentage : écrivez le risque admis en pour cent, de 0 à 100 (3 pour 3 %).`,
    en: `"${found}" is no percentage: write the risk that is taken in per cent, from 0 to 100 (3 for 3 %).`,
  })),
  'bad-low-k': error(oneOf),
  'low-k': error((found) => ({
    fr: `Un k de ${found} protège à peine : à deux, chacun reconnaît l’autre. Écrivez k 3 ou plus, ou confirmez par low_k yes.`,
    en: `A k of ${found} hardly protects: of two people each knows the other. Write k 3 or more, or confirm it by low_k yes.`,
  })),
  'bad-shards': error((found) => ({
    fr: `« ${found} » n’est pas un nombre de parts : écrivez un nombre entier de 1 à 256.`,
    en: `"${found}" is no number of shards: write a whole number from 1 to 256.`,
  })),
  'bad-due': error((found) => ({
    fr: `« ${found} » n’est pas une date : écrivez-la AAAA-MM-JJ.`,
    en: `"${found}" is no date: write it YYYY-MM-DD.`,
  })),
  'bad-license': error((found) => ({
    fr: `« ${found} » n’est pas une licence : écrivez son code SPDX (CC-BY-4.0) ou son adresse https.`,
    en: `"${found}" is no license: write its SPDX code (CC-BY-4.0) or its https address.`,
  })),
  'bad-version': error((found) => ({
    fr: `La version « ${found} » ne convient pas : 64 signes au plus, sans caractère de contrôle.`,
    en: `The version "${found}" will not do: at most 64 characters, no control character.`,
  })),
  'unknown-setting-question': error((found, near) => ({
    fr: `Aucune question ne s’appelle « ${found} » : corrigez ce réglage.${meant(near).fr}`,
    en: `No question is called "${found}": correct this setting.${meant(near).en}`,
  })),
  'bad-consent': error((found) => ({
    fr: `« ${found} » ne peut pas dire le consentement : il faut une seule question select_one ou acknowledge, hors des répétitions.`,
    en: `"${found}" cannot record consent: one select_one or acknowledge question is needed, outside repeats.`,
  })),
  'bad-geometry': error((found) => ({
    fr: `« ${found} » n’est pas un lieu : il faut une seule question geopoint, geotrace, geoshape ou select_one.`,
    en: `"${found}" is no place: one geopoint, geotrace, geoshape or select_one question is needed.`,
  })),
  'form-id-differs': warning((found, actual) => ({
    fr: `Le réglage form_id dit « ${found} » mais la fiche s’appelle « ${actual} » : c’est ce nom qui vaut.`,
    en: `The setting form_id says "${found}" but the form is called "${actual}": that name holds.`,
  })),
  'encryption-refused': error(() => ({
    fr: 'Les fiches chiffrées (public_key) sont refusées : les réponses sont vérifiées et compilées sur le serveur. Videz ce réglage.',
    en: 'Encrypted forms (public_key) are refused: answers are checked and compiled on the server. Empty this setting.',
  })),
  'instance-id-needed': error(() => ({
    fr: 'Chaque réponse doit avoir son identifiant, pour n’être gardée qu’une fois : retirez omit_instanceID.',
    en: 'Each answer must have its id, so that it is kept only once: take omit_instanceID out.',
  })),
  'answers-elsewhere': warning((found) => ({
    fr: `Ce réglage enverrait les réponses à ${found} et non ici : il n’est pas donné aux téléphones, qui répondent à ce serveur seul. Videz-le.`,
    en: `This setting would send the answers to ${found} and not here: it is not given to phones, which answer this server alone. Empty it.`,
  })),
  'bad-namespaces': error((found) => ({
    fr: `« ${found} » ne déclare aucun préfixe : écrivez prefixe="https://…", séparés par des espaces.`,
    en: `"${found}" declares no prefix: write prefix="https://…", parted by blanks.`,
  })),
  'bad-root-name': error((found) => ({
    fr: `« ${found} » ne peut pas être le nom de l’élément racine : une lettre, puis des lettres, chiffres, « _ », « - » ou « . ».`,
    en: `"${found}" cannot be the name of the root element: a letter, then letters, digits, "_", "-" or ".".`,
  })),
  'entities-ignored': warning(() => ({
    fr: 'Les entités (feuille entities, colonne save_to) sont gardées mais restent sans effet ici.',
    en: 'Entities (sheet entities, column save_to) are kept but have no effect here.',
  })),
  'bad-attachment-max': error((found) => ({
    fr: `« ${found} » n’est pas une taille : écrivez un nombre de mégaoctets, de 0.1 à 1000.`,
    en: `"${found}" is no size: write a number of megabytes, from 0.1 to 1000.`,
  })),
  'bad-attachment-type': error((found) => ({
    fr: `« ${found} » n’est pas un type de fichier : écrivez par exemple « application/pdf image/* ».`,
    en: `"${found}" is no media type: write for instance "application/pdf image/*".`,
  })),
} as const satisfies Readonly<Record<string, MessageRow>>;

export type FormMessageCode = keyof typeof formMessages;
