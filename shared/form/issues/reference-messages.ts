import { error, warning, meant, type MessageRow } from './message-row.ts';

/** What is wrong with what an expression or a text refers to. */
export const referenceMessages = {
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
  'typography-read': warning(() => ({
    fr: 'Des guillemets courbes ou des espaces insécables sont lus ici comme des guillemets droits et des espaces : remplacez-les.',
    en: 'Curly quotes or unbreakable spaces are read here as straight quotes and spaces: replace them.',
  })),
  'bare-name': warning((found) => ({
    fr: `« ${found} » est écrit sans rien autour : mettez \${${found}} pour une question, des guillemets pour un texte.`,
    en: `"${found}" stands by itself: write \${${found}} for a question, quotes for a text.`,
  })),
  'not-in-collect': warning((found) => ({
    fr: `ODK Collect ne connaît pas ${found}() : cette fiche ne se remplira qu’en ligne.`,
    en: `ODK Collect does not know ${found}(): this form can be filled in online only.`,
  })),
  'union-not-in-collect': warning(() => ({
    fr: 'ODK Collect ne connaît pas l’union « | » et s’arrête ici : cette fiche ne se remplira qu’en ligne. Écrivez un calcul par question, comme « sum(${a}) + sum(${b}) ».',
    en: 'ODK Collect does not know the union "|" and stops here: this form can be filled in online only. Write one calculation for each question, such as "sum(${a}) + sum(${b})".',
  })),
  'star-not-in-collect': warning(() => ({
    fr: 'ODK Collect ne suit pas « * » vers des questions différentes et s’arrête ici : nommez chaque question avec ${…}.',
    en: 'ODK Collect does not follow "*" to different questions and stops here: name each question with ${…}.',
  })),
  'text-date-in-collect': warning((found) => ({
    fr: `Dans ODK Collect, comparer une date à un texte est toujours faux : écrivez date('${found}').`,
    en: `In ODK Collect, comparing a date with a text is always false: write date('${found}').`,
  })),
  'several-in-collect': warning((found, repeat) => ({
    fr: `« ${found} » se répète dans « ${repeat} » : vu d’ici, ODK Collect s’arrête dès qu’il y en a deux. Écrivez indexed-repeat(\${${found}}, \${${repeat}}, 1) pour l’un d’eux, count(\${${repeat}}[${found} = …]) pour les compter.`,
    en: `"${found}" repeats in "${repeat}": seen from here, ODK Collect stops as soon as there are two. Write indexed-repeat(\${${found}}, \${${repeat}}, 1) for one of them, count(\${${repeat}}[${found} = …]) to count them.`,
  })),
  'hidden-trigger': error((found) => ({
    fr: `« ${found} » ne déclenchera rien : personne n’y répond. Nommez une question que l’on voit, ou videz la colonne trigger pour calculer à chaque changement.`,
    en: `"${found}" will trigger nothing: nobody answers it. Name a question that is shown, or empty column trigger to calculate at every change.`,
  })),
  'pulled-inside': warning((found) => ({
    fr: `Dans ODK Collect, pulldata() ne lit qu’un fichier CSV, et « ${found} » est une liste de la fiche : écrivez instance('${found}')/root/item[name = …]/label.`,
    en: `In ODK Collect, pulldata() reads CSV files only, and "${found}" is a list of the form: write instance('${found}')/root/item[name = …]/label.`,
  })),
  'unknown-filter-column': warning((found, near) => ({
    fr: `La liste n’a pas de colonne « ${found} » : ce filtre écarte tout.${meant(near).fr}`,
    en: `The list has no column "${found}": this filter lets nothing through.${meant(near).en}`,
  })),
  'unknown-list-read': warning((found, near) => ({
    fr: `Aucune liste ne s’appelle « ${found} » : cette lecture restera vide.${meant(near).fr}`,
    en: `No list is called "${found}": what is read from it stays empty.${meant(near).en}`,
  })),
} as const satisfies Readonly<Record<string, MessageRow>>;
