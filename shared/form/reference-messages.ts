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
  'unknown-filter-column': warning((found, near) => ({
    fr: `La liste n’a pas de colonne « ${found} » : ce filtre écarte tout.${meant(near).fr}`,
    en: `The list has no column "${found}": this filter lets nothing through.${meant(near).en}`,
  })),
  'unknown-list-read': warning((found, near) => ({
    fr: `Aucune liste ne s’appelle « ${found} » : cette lecture restera vide.${meant(near).fr}`,
    en: `No list is called "${found}": what is read from it stays empty.${meant(near).en}`,
  })),
} as const satisfies Readonly<Record<string, MessageRow>>;
