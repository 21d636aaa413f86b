import type { Bilingual } from '../../text.ts';
import type { AnswerShape } from './answer-shapes.ts';

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
  acknowledge: { fr: '« OK »', en: '"OK"' },
  attachment: {
    fr: 'un fichier {file, sha256, bytes, type}',
    en: 'a file {file, sha256, bytes, type}',
  },
  group: { fr: 'un objet', en: 'an object' },
  repeat: { fr: 'une liste d’objets', en: 'a list of objects' },
};
