import { error, warning, meant, oneOf, type MessageRow } from './message-row.ts';
import { refusalOf } from '../types/read-type.ts';

/** What is wrong with a row of the survey. */
export const surveyMessages = {
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
  'missing-calculation': error((found) => ({
    fr: `« ${found} » ne calcule rien : remplissez la colonne calculation.`,
    en: `"${found}" calculates nothing: fill in column calculation.`,
  })),
  'missing-label': warning((found) => ({
    fr: `« ${found} » n’a pas de libellé : remplissez la colonne label.`,
    en: `"${found}" has no label: fill in column label.`,
  })),
  'missing-translation': warning((found, languages) => ({
    fr: `Il manque une traduction de « ${found} » : ${languages}.`,
    en: `A translation of "${found}" is missing: ${languages}.`,
  })),
  'name-generated': warning((found) => ({
    fr: `Cette note n’a pas de nom : elle s’appelle « ${found} ».`,
    en: `This note has no name: it is called "${found}".`,
  })),
  'place-hidden': warning((found) => ({
    fr: `Le lieu « ${found} » restera caché du public : dites sa précision (exact, adm2 ou adm1) pour le montrer.`,
    en: `The place "${found}" stays hidden from the public: state its precision (exact, adm2 or adm1) to show it.`,
  })),
  'text-not-public': warning((found) => ({
    fr: `« ${found} » restera caché du public : un texte libre n’est public que si la colonne review_text dit yes, et une fois la réponse validée.`,
    en: `"${found}" stays hidden from the public: free text is public only if column review_text says yes, and once the record is accepted.`,
  })),
  'text-not-reviewed': error((found) => ({
    fr: `« ${found} » ne peut pas être public : avec review none, personne ne lirait ce texte avant qu’il paraisse. Écrivez review required, ou videz review_text.`,
    en: `"${found}" cannot be public: with review none nobody would read this text before it appears. Write review required, or empty review_text.`,
  })),
  'identifies-by-dependence': warning((found, of) => ({
    fr: `« ${found} » est publiée comme un quasi-identifiant, car elle dépend de \${${of}}.`,
    en: `"${found}" is published like a quasi-identifier, because it depends on \${${of}}.`,
  })),
  'identifies-as-input': warning((found, of) => ({
    fr: `« ${found} » est publiée comme un quasi-identifiant, car \${${of}} s’en calcule.`,
    en: `"${found}" is published like a quasi-identifier, because \${${of}} is computed from it.`,
  })),
  'identifies-as-place': warning((found) => ({
    fr: `« ${found} » est publiée comme un quasi-identifiant : dans une fiche qui en marque, tout lieu en est un, quelle que soit sa précision.`,
    en: `"${found}" is published like a quasi-identifier: in a form that marks any, every place is one, whatever its precision.`,
  })),
  'identifies-by-rows': warning((found) => ({
    fr: `Le nombre de lignes de « ${found} » est traité comme un quasi-identifiant : une réponse qui en a un nombre rare n’est pas publiée.`,
    en: `The number of rows of "${found}" is treated as a quasi-identifier: a record with a rare number of them is not published.`,
  })),
  'identifies-and-sensitive': warning((found) => ({
    fr: `« ${found} » est à la fois sensible et quasi-identifiante : qui la connaît y reconnaît quelqu’un, et les réponses d’une même classe se ressemblent alors trop pour être publiées. Ne gardez que l’un des deux si vous le pouvez.`,
    en: `"${found}" is both sensitive and a quasi-identifier: who knows it can single someone out by it, and the answers of one class are then too much alike to be published. Keep one of the two if you can.`,
  })),
  'bad-default': warning((found, type) => ({
    fr: `La valeur par défaut « ${found} » n’est pas une réponse de type ${type} : corrigez-la.`,
    en: `The default "${found}" is no answer of type ${type}: correct it.`,
  })),
  'unreadable-parameters': error((found) => ({
    fr: `Ces paramètres ne se lisent pas (${found}) : écrivez « nom=valeur », séparés par des espaces.`,
    en: `These parameters cannot be read (${found}): write "name=value", parted by blanks.`,
  })),
  'unknown-parameter': warning((found, near) => ({
    fr: `Ce type de question n’a pas de paramètre « ${found} » : il est laissé de côté.${meant(near).fr}`,
    en: `This type of question has no parameter "${found}": it is left out.${meant(near).en}`,
  })),
  'bad-parameter': error((found, expected) => ({
    fr: `Le paramètre « ${found} » ne convient pas : il faut ${expected}.`,
    en: `The parameter "${found}" will not do: ${expected} is needed.`,
  })),
  'bad-trigger': error((found) => ({
    fr: `« ${found} » n’est pas un déclencheur : écrivez \${nom}, ou plusieurs séparés par des virgules.`,
    en: `"${found}" is no trigger: write \${name}, or several parted by commas.`,
  })),
  'missing-trigger': error((found) => ({
    fr: `« ${found} » relève la position quand une autre réponse change : nommez-la dans la colonne trigger.`,
    en: `"${found}" takes the position when another answer changes: name that one in column trigger.`,
  })),
  'search-appearance': error(() => ({
    fr: 'L’apparence search() n’est pas prise : écrivez le type « select_one_from_file fichier.csv », avec un choice_filter.',
    en: 'The appearance search() is not taken: write the type "select_one_from_file file.csv", with a choice_filter.',
  })),
  'bad-attribute': error((found) => ({
    fr: `« ${found} » ne peut pas être un attribut ici : un nom sans espace, son préfixe déclaré dans le réglage namespaces, ni ref ni nodeset.`,
    en: `"${found}" cannot be an attribute here: a name without spaces, its prefix declared in the setting namespaces, neither ref nor nodeset.`,
  })),
  'deprecated-type': warning((found) => ({
    fr: `Les téléphones d’aujourd’hui ne donnent plus « ${found} » : la réponse restera vide, retirez la question.`,
    en: `Phones of today no longer give "${found}": the answer will stay blank, take the question out.`,
  })),
  'bad-range': error((found) => ({
    fr: `Ces paramètres ne décrivent pas une échelle (${found}) : écrivez « start=0 end=10 step=1 », end différent de start, step positif.`,
    en: `These parameters describe no range (${found}): write "start=0 end=10 step=1", end other than start, step positive.`,
  })),
  'bad-visibility': error(oneOf),
  'bad-precision': error(oneOf),
  'bad-yes-no': error(oneOf),
  'bad-sensitive': error((found) => ({
    fr: `« ${found} » ne se lit pas : écrivez yes, no, ou le nombre de réponses différentes qu’il faut dans chaque classe, de 2 à 1000.`,
    en: `"${found}" cannot be read: write yes, no, or how many different answers each class needs, from 2 to 1000.`,
  })),
  'bad-importance': error((found) => ({
    fr: `« ${found} » n’est pas une importance : écrivez un nombre entier de 1 à 5.`,
    en: `"${found}" is no importance: write a whole number from 1 to 5.`,
  })),
  'bad-hxl': error((found) => ({
    fr: `« ${found} » n’est pas une étiquette HXL : écrivez par exemple #adm1+code.`,
    en: `"${found}" is no HXL tag: write for instance #adm1+code.`,
  })),
} as const satisfies Readonly<Record<string, MessageRow>>;
