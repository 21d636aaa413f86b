import type { Bilingual } from '../../text.ts';
import type { AnswerShape } from './answer-shapes.ts';

/** Every error and warning that answers can have; a and b are what the sentence speaks of. Codes are permanent. */
export const answerMessages = {
  'unknown-question': () => ({
    fr: 'Cette fiche ne pose pas cette question.',
    en: 'This form does not ask this question.',
  }),
  'reserved-key': (name) => ({
    fr: `« ${name} » est un mot réservé, qu’aucune réponse ne peut porter.`,
    en: `"${name}" is a reserved word, which no answer can carry.`,
  }),
  'unsafe-number': () => ({
    fr: 'Ce nombre est trop grand pour être gardé exactement : 9 007 199 254 740 991 au plus.',
    en: 'This number is too large to be kept exactly: at most 9,007,199,254,740,991.',
  }),
  'nesting-too-deep': () => ({
    fr: 'Cette réponse est imbriquée trop profondément.',
    en: 'This answer is nested too deeply.',
  }),
  'bad-text': () => ({
    fr: 'Ce texte contient des caractères qui n’en sont pas : saisissez-le à nouveau.',
    en: 'This text holds characters that are none: type it again.',
  }),
  'text-too-long': (most) => ({
    fr: `Ce texte est trop long : ${most} signes au plus.`,
    en: `This text is too long: at most ${most} characters.`,
  }),
  'wrong-type': (fr, en) => ({
    fr: `Cette réponse doit être ${fr}.`,
    en: `This answer must be ${en}.`,
  }),
  'duplicate-answer': () => ({
    fr: 'Cette question a plusieurs réponses : la première est gardée.',
    en: 'This question has several answers: the first one is kept.',
  }),
  'too-many-rows': (most) => ({
    fr: `Il y a trop de lignes ici : ${most} au plus.`,
    en: `There are too many rows here: at most ${most}.`,
  }),
  'too-large': () => ({
    fr: 'Ces réponses sont trop nombreuses pour être examinées : envoyez-les en plusieurs fiches.',
    en: 'There are too many answers to examine: send them in several submissions.',
  }),
  'too-many-faults': (most) => ({
    fr: `Il y a d’autres erreurs : seules les ${most} premières sont affichées.`,
    en: `There are more errors: only the first ${most} are listed.`,
  }),
  required: () => ({ fr: 'Cette réponse est obligatoire.', en: 'This answer is required.' }),
  constraint: () => ({
    fr: 'Cette réponse ne respecte pas la règle de la question.',
    en: 'This answer does not respect the rule of the question.',
  }),
  'not-a-choice': (code) => ({
    fr: `« ${code} » n’est pas un des choix proposés ici.`,
    en: `"${code}" is not one of the choices offered here.`,
  }),
  'duplicate-choice': (code) => ({
    fr: `« ${code} » est choisi deux fois.`,
    en: `"${code}" is chosen twice.`,
  }),
  'out-of-range': (least, most) => ({
    fr: `Ce nombre doit être compris entre ${least} et ${most}.`,
    en: `This number must lie between ${least} and ${most}.`,
  }),
  'off-step': (start, step) => ({
    fr: `Ce nombre doit aller de ${step} en ${step} à partir de ${start}.`,
    en: `This number must go in steps of ${step} from ${start}.`,
  }),
  'repeat-count': (wanted, found) => ({
    fr: `Il faut ici ${wanted} ligne(s), et il y en a ${found}.`,
    en: `There must be ${wanted} row(s) here, and there are ${found}.`,
  }),
  'not-relevant': () => ({
    fr: 'Cette réponse n’a pas lieu d’être d’après les autres réponses : elle est laissée de côté.',
    en: 'This answer is not called for, given the other answers: it is left out.',
  }),
  'no-answer': () => ({
    fr: 'Cette note n’attend pas de réponse : ce qui a été envoyé est laissé de côté.',
    en: 'This note takes no answer: what was sent is left out.',
  }),
  'evaluation-failed': (column) => ({
    fr: `La fiche n’a pas pu évaluer sa colonne ${column} pour cette réponse.`,
    en: `The form could not evaluate its column ${column} for this answer.`,
  }),
  'deprecated-term': (found, preferred) => ({
    fr: `« ${found} » est à éviter : dites plutôt « ${preferred} ».`,
    en: `Avoid "${found}": rather say "${preferred}".`,
  }),
} as const satisfies Readonly<Record<string, (a: string, b: string) => Bilingual>>;

export type AnswerMessageCode = keyof typeof answerMessages;

/** How an answer of each shape is described to whoever sent another. */
export const shapeWords: Readonly<Record<AnswerShape | 'group' | 'repeat', Bilingual>> = {
  none: { fr: 'vide', en: 'empty' },
  text: { fr: 'un texte', en: 'a text' },
  scalar: { fr: 'un texte ou un nombre', en: 'a text or a number' },
  integer: { fr: 'un nombre entier', en: 'a whole number' },
  number: { fr: 'un nombre', en: 'a number' },
  date: { fr: 'une date qui existe, AAAA-MM-JJ', en: 'a date that exists, YYYY-MM-DD' },
  time: { fr: 'une heure, hh:mm', en: 'a time, hh:mm' },
  dateTime: {
    fr: 'une date et une heure, AAAA-MM-JJThh:mm',
    en: 'a date and time, YYYY-MM-DDThh:mm',
  },
  code: { fr: 'le code d’un choix', en: 'the code of a choice' },
  codes: { fr: 'une liste de codes de choix', en: 'a list of codes of choices' },
  geopoint: {
    fr: 'un point {lat, lon, altitude?, accuracy?} en degrés et en mètres',
    en: 'a point {lat, lon, altitude?, accuracy?} in degrees and metres',
  },
  geotrace: { fr: 'une liste d’au moins deux points', en: 'a list of at least two points' },
  geoshape: {
    fr: 'une liste d’au moins quatre points dont le dernier est le premier',
    en: 'a list of at least four points, the last one being the first',
  },
  acknowledge: { fr: '« OK »', en: '"OK"' },
  attachment: {
    fr: 'un fichier {file, sha256, bytes, type}',
    en: 'a file {file, sha256, bytes, type}',
  },
  group: { fr: 'un objet', en: 'an object' },
  repeat: { fr: 'une liste d’objets', en: 'a list of objects' },
};
