import { error, warning, meant, oneOf, type MessageRow } from './message-row.ts';

/** What is wrong with the settings. */
export const settingMessages = {
  'bad-audience': error(oneOf),
  'bad-review': error(oneOf),
  'bad-expected': error(oneOf),
  'bad-public-metadata': error(oneOf),
  'metadata-identifies': warning((found) => ({
    fr: `${found} : publiés avec des quasi-identifiants, ils en sont aussi, par le jour pour les dates ; davantage de réponses seront rendues moins précises ou retenues.`,
    en: `${found}: published beside quasi-identifiers, they are some too, dates by the day; more records will be made coarser or withheld.`,
  })),
  'bad-k': error((found) => ({
    fr: `« ${found} » n’est pas un seuil : écrivez un nombre entier de 1 à 1000.`,
    en: `"${found}" is no threshold: write a whole number from 1 to 1000.`,
  })),
  'bad-max-suppressed': error((found) => ({
    fr: `« ${found} » n’est pas un pourcentage : écrivez un nombre de 0 à 100.`,
    en: `"${found}" is no percentage: write a number from 0 to 100.`,
  })),
  'bad-max-risk': error((found) => ({
    fr: `« ${found} » n’est pas un pourcentage : écrivez le risque admis en pour cent, de 0 à 100 (3 pour 3 %).`,
    en: `"${found}" is no percentage: write the risk that is taken in per cent, from 0 to 100 (3 for 3 %).`,
  })),
  'bad-low-k': error(oneOf),
  'low-k': error((found) => ({
    fr: `Un k de ${found} protège à peine : à deux, chacun reconnaît l’autre. Écrivez k 3 ou plus, ou confirmez par low_k yes.`,
    en: `A k of ${found} hardly protects: of two people each knows the other. Write k 3 or more, or confirm it by low_k yes.`,
  })),
  'bad-shards': error((found) => ({
    fr: `« ${found} » n’est pas un nombre de parts : écrivez un nombre entier de 1 à 256.`,
    en: `"${found}" is no number of shards: write a whole number from 1 to 256.`,
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
  'encryption-refused': error(() => ({
    fr: 'Les fiches chiffrées (public_key) sont refusées : les réponses sont vérifiées et compilées sur le serveur. Videz ce réglage.',
    en: 'Encrypted forms (public_key) are refused: answers are checked and compiled on the server. Empty this setting.',
  })),
  'instance-id-needed': error(() => ({
    fr: 'Chaque réponse doit avoir son identifiant, pour n’être gardée qu’une fois : retirez omit_instanceID.',
    en: 'Each answer must have its id, so that it is kept only once: take omit_instanceID out.',
  })),
  'answers-elsewhere': warning((found) => ({
    fr: `Ce réglage enverrait les réponses à ${found} et non ici : il n’est pas donné aux téléphones, qui répondent à ce serveur seul. Videz-le.`,
    en: `This setting would send the answers to ${found} and not here: it is not given to phones, which answer this server alone. Empty it.`,
  })),
  'bad-namespaces': error((found) => ({
    fr: `« ${found} » ne déclare aucun préfixe : écrivez prefixe="https://…", séparés par des espaces.`,
    en: `"${found}" declares no prefix: write prefix="https://…", parted by blanks.`,
  })),
  'bad-root-name': error((found) => ({
    fr: `« ${found} » ne peut pas être le nom de l’élément racine : une lettre, puis des lettres, chiffres, « _ », « - » ou « . ».`,
    en: `"${found}" cannot be the name of the root element: a letter, then letters, digits, "_", "-" or ".".`,
  })),
  'entities-ignored': warning(() => ({
    fr: 'Les entités (feuille entities, colonne save_to) sont gardées mais restent sans effet ici.',
    en: 'Entities (sheet entities, column save_to) are kept but have no effect here.',
  })),
  'bad-attachment-max': error((found) => ({
    fr: `« ${found} » n’est pas une taille : écrivez un nombre de mégaoctets, de 0.1 à 1000.`,
    en: `"${found}" is no size: write a number of megabytes, from 0.1 to 1000.`,
  })),
  'bad-attachment-type': error((found) => ({
    fr: `« ${found} » n’est pas un type de fichier : écrivez par exemple « application/pdf image/* ».`,
    en: `"${found}" is no media type: write for instance "application/pdf image/*".`,
  })),
} as const satisfies Readonly<Record<string, MessageRow>>;
