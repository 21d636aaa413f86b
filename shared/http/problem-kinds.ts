import type { FaultCode } from '../fault.ts';
import type { Bilingual } from '../text.ts';

export interface ProblemKind {
  readonly status: number;
  readonly title: Bilingual;
  /** What happened and what to do about it. */
  readonly detail: Bilingual;
  /** Seconds after which to try again, of a refusal that passes by itself. */
  readonly retryAfter: number | undefined;
}

/** What every refusal is called and which status it has. A code that is missing here does not compile. */
export const problemKinds: Readonly<Record<FaultCode | 'internal', ProblemKind>> = {
  'malformed-json': {
    status: 400,
    retryAfter: undefined,
    title: { fr: 'JSON illisible', en: 'Malformed JSON' },
    detail: {
      fr: 'Le corps de la requête n’est pas du JSON en UTF-8.',
      en: 'The body of the request is not JSON in UTF-8.',
    },
  },
  'malformed-request': {
    status: 400,
    retryAfter: undefined,
    title: { fr: 'Requête illisible', en: 'Malformed request' },
    detail: {
      fr: 'La requête ne se lit pas : vérifiez son adresse, ses en-têtes et son encodage.',
      en: 'The request cannot be read: check its address, its headers and its encoding.',
    },
  },
  unauthenticated: {
    status: 401,
    retryAfter: undefined,
    title: { fr: 'Jeton requis', en: 'Token required' },
    detail: {
      fr: 'Il faut un jeton valide : il est absent, inconnu, expiré ou révoqué.',
      en: 'A valid token is needed: it is missing, unknown, expired or revoked.',
    },
  },
  forbidden: {
    status: 403,
    retryAfter: undefined,
    title: { fr: 'Non autorisé', en: 'Not allowed' },
    detail: { fr: 'Ce jeton ne donne pas ce droit.', en: 'This token does not give that right.' },
  },
  'not-found': {
    status: 404,
    retryAfter: undefined,
    title: { fr: 'Introuvable', en: 'Not found' },
    detail: {
      fr: 'Rien de tel ici, ou rien que ce jeton puisse voir.',
      en: 'There is no such thing here, or none that this token may see.',
    },
  },
  'method-not-allowed': {
    status: 405,
    retryAfter: undefined,
    title: { fr: 'Méthode non admise', en: 'Method not allowed' },
    detail: {
      fr: 'Cette adresse n’admet pas cette méthode ; l’en-tête Allow dit lesquelles elle admet.',
      en: 'This address does not take this method; the Allow header says which it takes.',
    },
  },
  'not-acceptable': {
    status: 406,
    retryAfter: undefined,
    title: { fr: 'Format de réponse non disponible', en: 'Not acceptable' },
    detail: {
      fr: 'Aucun des formats que demande l’en-tête Accept n’est disponible ici.',
      en: 'None of the formats that the Accept header asks for is available here.',
    },
  },
  conflict: {
    status: 409,
    retryAfter: undefined,
    title: { fr: 'Conflit', en: 'Conflict' },
    detail: {
      fr: 'Autre chose porte déjà cet identifiant. Ce qui était là est intact.',
      en: 'Something else has this identifier already. What was there is untouched.',
    },
  },
  'form-not-open': {
    status: 409,
    retryAfter: undefined,
    title: { fr: 'Fiche non ouverte', en: 'Form not open' },
    detail: {
      fr: 'Cette fiche n’est pas ouverte aux envois.',
      en: 'This form is not open to submissions.',
    },
  },
  erased: {
    status: 410,
    retryAfter: undefined,
    title: { fr: 'Effacé', en: 'Erased' },
    detail: {
      fr: 'Cette fiche remplie a été effacée pour toujours ; son identifiant ne peut plus servir.',
      en: 'This submission was erased for ever; its identifier cannot be used again.',
    },
  },
  'stale-revision': {
    status: 412,
    retryAfter: undefined,
    title: { fr: 'Révision dépassée', en: 'Stale revision' },
    detail: {
      fr: 'Elle a changé depuis la révision que vous avez vue : relisez-la, puis recommencez.',
      en: 'It has changed since the revision that you saw: read it again, then repeat the change.',
    },
  },
  'body-too-large': {
    status: 413,
    retryAfter: undefined,
    title: { fr: 'Corps trop grand', en: 'Body too large' },
    detail: {
      fr: 'Le corps de cette requête est plus long que cette adresse ne l’admet : 1 Mo de JSON ou de YAML, 4 Mo d’un classeur, d’un fichier ou de l’envoi d’un téléphone.',
      en: 'The body of this request is longer than this address takes: 1 MB of JSON or YAML, 4 MB of a workbook, of a file or of what a phone sends.',
    },
  },
  'record-too-large': {
    status: 413,
    retryAfter: undefined,
    title: { fr: 'Fiche remplie trop grande', en: 'Submission too large' },
    detail: {
      fr: 'Les réponses d’une fiche remplie ne dépassent pas 350 Ko, pièces jointes non comptées.',
      en: 'The answers of a submission are at most 350 KB, attachments not counted.',
    },
  },
  'nesting-too-deep': {
    status: 413,
    retryAfter: undefined,
    title: { fr: 'Imbrication trop profonde', en: 'Nesting too deep' },
    detail: {
      fr: 'Objets et tableaux s’imbriquent sur 32 niveaux au plus.',
      en: 'Objects and arrays nest at most 32 levels deep.',
    },
  },
  'unsupported-media-type': {
    status: 415,
    retryAfter: undefined,
    title: { fr: 'Format de corps non pris en charge', en: 'Unsupported media type' },
    detail: {
      fr: 'Cette adresse n’accepte pas ce Content-Type, ou pas cet encodage.',
      en: 'This address does not take this Content-Type, or not this encoding.',
    },
  },
  'invalid-answers': {
    status: 422,
    retryAfter: undefined,
    title: { fr: 'Réponses à corriger', en: 'Answers to correct' },
    detail: {
      fr: 'Des réponses ne respectent pas la fiche ; `errors` dit lesquelles et pourquoi.',
      en: 'Some answers break the form; `errors` says which and why.',
    },
  },
  'invalid-form': {
    status: 422,
    retryAfter: undefined,
    title: { fr: 'Fiche à corriger', en: 'Form to correct' },
    detail: {
      fr: 'La définition de la fiche a des erreurs ; `errors` dit où et lesquelles.',
      en: 'The definition of the form has errors; `errors` says where and which.',
    },
  },
  'invalid-body': {
    status: 422,
    retryAfter: undefined,
    title: { fr: 'Corps à corriger', en: 'Body to correct' },
    detail: {
      fr: 'Le corps ne respecte pas ce qui est attendu ; `errors` dit où et pourquoi.',
      en: 'The body is not what is expected; `errors` says where and why.',
    },
  },
  'export-too-large': {
    status: 422,
    retryAfter: undefined,
    title: { fr: 'Archive trop grande', en: 'Archive too large' },
    detail: {
      fr: 'Trop de pièces jointes pour les rassembler pendant une requête (200 Mo, 300 fichiers au plus). Demandez-les à qui exploite le service : `fiche export JEU --format attachments.zip`.',
      en: 'Too many attachments to gather while a request waits (200 MB, 300 files at most). Ask whoever runs the service for them: `fiche export DATASET --format attachments.zip`.',
    },
  },
  'revision-required': {
    status: 428,
    retryAfter: undefined,
    title: { fr: 'Révision requise', en: 'Revision required' },
    detail: {
      fr: 'Dites avec If-Match quelle révision vous avez vue, par exemple `If-Match: "3"`.',
      en: 'Say with If-Match which revision you have seen, for example `If-Match: "3"`.',
    },
  },
  'too-many-requests': {
    status: 429,
    retryAfter: 10,
    title: { fr: 'Trop de requêtes', en: 'Too many requests' },
    detail: {
      fr: 'Attendez le temps que dit Retry-After, puis recommencez.',
      en: 'Wait for as long as Retry-After says, then try again.',
    },
  },
  'not-implemented': {
    status: 501,
    retryAfter: undefined,
    title: { fr: 'Non pris en charge', en: 'Not supported' },
    detail: {
      fr: 'Le protocole connaît ce que vous demandez ; ce service ne le fait pas.',
      en: 'The protocol knows what you ask for; this service does not do it.',
    },
  },
  'store-unavailable': {
    status: 503,
    retryAfter: 5,
    title: { fr: 'Service momentanément indisponible', en: 'Service unavailable for now' },
    detail: {
      fr: 'Rien n’est confirmé : renvoyez la même requête après le temps que dit Retry-After, sans risque de doublon.',
      en: 'Nothing is confirmed: send the same request again after Retry-After; it will not be stored twice.',
    },
  },
  internal: {
    status: 500,
    retryAfter: undefined,
    title: { fr: 'Erreur interne', en: 'Internal error' },
    detail: {
      fr: 'Une erreur est survenue ici. Si elle persiste, donnez le requestId à la coordination.',
      en: 'Something went wrong here. If it goes on, give the requestId to the coordination.',
    },
  },
};
