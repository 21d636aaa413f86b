import { error, warning, meant, type MessageRow } from './message-row.ts';

/** What is wrong with lists of choices, and with the files that a form names. */
export const listMessages = {
  'missing-list': error((found) => ({
    fr: `Après « ${found} », nommez une liste de choix : « ${found} ma_liste ».`,
    en: `Name a list of choices after "${found}": "${found} my_list".`,
  })),
  'unknown-list': error((found, near) => ({
    fr: `La liste « ${found} » n’est ni dans la feuille choices ni dans les vocabulaires : ajoutez-la.${meant(near).fr}`,
    en: `The list "${found}" is neither in the choices sheet nor a vocabulary: add it.${meant(near).en}`,
  })),
  'missing-list-name': error(() => ({
    fr: 'Ce choix n’a pas de liste : écrivez son nom dans la colonne list_name.',
    en: 'This choice has no list: write its name in column list_name.',
  })),
  'missing-choice-name': error(() => ({
    fr: 'Ce choix n’a pas de code : écrivez-le dans la colonne name.',
    en: 'This choice has no code: write it in column name.',
  })),
  'bad-choice-column': warning((found) => ({
    fr: `La colonne « ${found} » n’est pas lue : pour s’en servir dans un choice_filter, donnez-lui un titre sans espace ni signe.`,
    en: `The column "${found}" is not read: to use it in a choice_filter, give it a heading without spaces or signs.`,
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
  'external-inside': warning((found) => ({
    fr: `La liste « ${found} » de external_choices voyage dans la fiche elle-même : le type select_one suffit.`,
    en: `The list "${found}" of external_choices travels inside the form itself: the type select_one will do.`,
  })),
  'bad-list-name': error((found) => ({
    fr: `« ${found} » ne peut pas être le nom d’une liste : écrivez-le sans espace.`,
    en: `"${found}" cannot be the name of a list: write it without spaces.`,
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
  'bad-file-name': error((found) => ({
    fr: `« ${found} » ne peut pas être le nom d’un fichier : écrivez-le sans chemin ni signe spécial, comme « carte.png ».`,
    en: `"${found}" cannot be the name of a file: write it without folders or special characters, like "map.png".`,
  })),
} as const satisfies Readonly<Record<string, MessageRow>>;
