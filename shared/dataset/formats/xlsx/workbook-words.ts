import type { Bilingual, Language } from '../../../text.ts';

/** What a workbook says besides what the form says. */
const words = {
  data: { fr: 'Données', en: 'Data' },
  codebook: { fr: 'Dictionnaire', en: 'Codebook' },
  about: { fr: 'À propos', en: 'About' },

  id: { fr: 'Identifiant', en: 'Identifier' },
  organisation: { fr: 'Organisation', en: 'Organisation' },
  form_version: { fr: 'Version du formulaire', en: 'Version of the form' },
  state: { fr: 'État', en: 'State' },
  received_at: { fr: 'Reçu le', en: 'Received at' },
  updated_at: { fr: 'Modifié le', en: 'Updated at' },
  parent_id: { fr: 'Identifiant de la ligne parente', en: 'Identifier of the parent row' },
  index: { fr: 'Rang', en: 'Index' },

  incomplete: { fr: 'incomplète', en: 'incomplete' },
  received: { fr: 'reçue', en: 'received' },
  'has-issues': { fr: 'à vérifier', en: 'has issues' },
  accepted: { fr: 'acceptée', en: 'accepted' },
  'needs-changes': { fr: 'à corriger', en: 'needs changes' },
  rejected: { fr: 'refusée', en: 'rejected' },

  sheet: { fr: 'Feuille', en: 'Sheet' },
  column: { fr: 'Colonne', en: 'Column' },
  name: { fr: 'Nom', en: 'Name' },
  path: { fr: 'Chemin', en: 'Path' },
  type: { fr: 'Type', en: 'Type' },
  label: { fr: 'Libellé', en: 'Label' },
  hint: { fr: 'Aide', en: 'Hint' },
  choices: { fr: 'Choix (code = libellé)', en: 'Choices (code = label)' },
  visibility: { fr: 'Visible par', en: 'Visible to' },
  exactness: { fr: 'Précision publiée du lieu', en: 'Published precision of the place' },

  public: { fr: 'tout le monde', en: 'everyone' },
  members: { fr: 'les membres', en: 'members' },
  coordinator: { fr: 'la coordination', en: 'the coordinator' },

  dataset: { fr: 'Jeu de données', en: 'Dataset' },
  title: { fr: 'Titre', en: 'Title' },
  version: { fr: 'Version', en: 'Version' },
  cutOff: { fr: 'Arrêté au', en: 'Cut-off' },
  license: { fr: 'Licence', en: 'Licence' },
  audience: { fr: 'Destiné à', en: 'For' },
  rows: { fr: 'Lignes', en: 'Rows' },
  cut: { fr: 'Textes abrégés', en: 'Texts cut short' },
  cutMeaning: {
    fr: 'Une cellule contient 32 767 caractères au plus : un texte plus long finit par « … [+N] », N étant le nombre de caractères qui manquent. Les fichiers CSV et JSON l’ont en entier.',
    en: 'A cell holds 32,767 characters at most: a longer text ends with “… [+N]”, N being the number of characters that are missing. The CSV and JSON files have all of it.',
  },
  times: { fr: 'Dates et heures', en: 'Dates and times' },
  timesMeaning: {
    fr: 'Une date ou une heure suivie de Z est en temps universel (UTC) ; sans Z, c’est l’heure du lieu, telle qu’elle a été dite. Une heure dite dans un autre fuseau sans date, et une date antérieure au 1ᵉʳ mars 1900, sont écrites comme du texte.',
    en: 'A date or time followed by Z is in universal time (UTC); without Z it is local time, as it was told. A time told in another zone without a date, and a date before 1 March 1900, are written as text.',
  },
} as const satisfies Record<string, Bilingual>;

export type Word = keyof typeof words;

/** A word in the language of a workbook: of those that Fiche does not speak, French is the nearest. */
export function word(name: Word, language: string): string {
  const spoken: Language = /^en(?:-|$)/.test(language) ? 'en' : 'fr';
  return words[name][spoken];
}

export function isWord(name: string): name is Word {
  return Object.hasOwn(words, name);
}
