type Say = (subject: string, a: string, b: string) => string;

interface ChangeMessage {
  readonly severity: 'info' | 'warning';
  readonly fr: Say;
  readonly en: Say;
}

const info = (fr: Say, en: Say): ChangeMessage => ({ severity: 'info', fr, en });
const warning = (fr: Say, en: Say): ChangeMessage => ({ severity: 'warning', fr, en });

/**
 * What each change means, in a sentence. A warning: answers already given are touched by it, or who
 * sees what. What the sentences say of visibility is what shared/form/visibility.ts does.
 */
export const changeMessages = {
  'version-taken': warning(
    (_, version) =>
      `La version « ${version} » est déjà publiée avec un autre contenu : changez \`version\` dans la feuille \`settings\` avant de publier.`,
    (_, version) =>
      `Version "${version}" is already published with another content: change \`version\` in the sheet \`settings\` before publishing.`,
  ),
  'more-changes': info(
    (_, count) => `Et ${count} autres changements.`,
    (_, count) => `And ${count} more changes.`,
  ),

  'question-removed': warning(
    (q) =>
      `${q} n’est plus posée : les réponses déjà données restent, dans leur colonne, pour la coordination seule.`,
    (q) =>
      `${q} is asked no more: answers already given stay, in their column, for the coordinator only.`,
  ),
  'question-added': info(
    (q) => `${q} est nouvelle : sa colonne est vide pour les réponses déjà données.`,
    (q) => `${q} is new: its column is empty for answers already given.`,
  ),
  'question-renamed': warning(
    (q, before) =>
      `${q} semble être la question \`${before}\` sous un autre nom: les réponses déjà données restent dans la colonne \`${before}\`, pour la coordination seule, les nouvelles vont dans une autre colonne.`,
    (q, before) =>
      `${q} seems to be the question \`${before}\` under another name: answers already given stay in the column \`${before}\`, for the coordinator only, new ones go to another column.`,
  ),
  'question-moved': warning(
    (q, before) =>
      `${q} a changé de place : les réponses déjà données restent dans la colonne \`${before}\`, pour la coordination seule, les nouvelles vont dans une autre colonne.`,
    (q, before) =>
      `${q} has moved: answers already given stay in the column \`${before}\`, for the coordinator only, new ones go to another column.`,
  ),
  'questions-moved': warning(
    (q, count, from) =>
      `${q} et ${count} autres questions ne sont plus dans ${from} : les réponses déjà données restent dans leurs anciennes colonnes, pour la coordination seule, les nouvelles vont dans d’autres colonnes.`,
    (q, count, from) =>
      `${q} and ${count} other questions are no longer in ${from}: answers already given stay in their old columns, for the coordinator only, new ones go to other columns.`,
  ),
  'order-changed': info(
    () => 'L’ordre des questions a changé : celui des colonnes change de même.',
    () => 'The order of the questions has changed: that of the columns changes likewise.',
  ),
  'note-added': info(
    (q) => `Le texte ${q} est nouveau.`,
    (q) => `The text ${q} is new.`,
  ),
  'note-removed': info(
    (q) => `Le texte ${q} n’est plus montré.`,
    (q) => `The text ${q} is shown no more.`,
  ),
  'group-became-repeat': warning(
    (q) =>
      `${q} est maintenant une répétition : ses nouvelles réponses vont dans une table à part, celles déjà données restent dans la table principale, pour la coordination seule.`,
    (q) =>
      `${q} is a repeat now: its new answers go to a table of their own, those already given stay in the table around it, for the coordinator only.`,
  ),
  'repeat-became-group': warning(
    (q) =>
      `${q} n’est plus une répétition : les réponses déjà données restent dans leur table à part, pour la coordination seule, les nouvelles vont dans la table autour.`,
    (q) =>
      `${q} is a repeat no more: answers already given stay in their own table, for the coordinator only, new ones go to the table around it.`,
  ),
  'repeat-count-changed': info(
    (q) => `Le nombre de répétitions de ${q} se calcule autrement.`,
    (q) => `The number of repetitions of ${q} is computed in another way.`,
  ),

  'type-changed': warning(
    (q, before, after) =>
      `${q} passe du type ${before} au type ${after} : les réponses déjà données restent telles quelles, dans la même colonne que les nouvelles, qui a donc les deux sortes de valeurs.`,
    (q, before, after) =>
      `${q} changes from type ${before} to type ${after}: answers already given stay as they are, in the same column as new ones, which so has both kinds of value.`,
  ),
  'type-changed-column': warning(
    (q, before, after) =>
      `${q} passe du type ${before} au type ${after} : les réponses déjà données restent telles quelles dans leur colonne, les nouvelles vont dans d’autres colonnes.`,
    (q, before, after) =>
      `${q} changes from type ${before} to type ${after}: answers already given stay as they are in their column, new ones go to other columns.`,
  ),
  'type-alike': info(
    (q, before, after) =>
      `${q} passe du type ${before} au type ${after} : les valeurs restent de même sorte.`,
    (q, before, after) =>
      `${q} changes from type ${before} to type ${after}: values stay of the same kind.`,
  ),

  'list-switched': info(
    (q, before, after) => `${q} prend ses choix dans la liste ${after} et non plus ${before}.`,
    (q, before, after) => `${q} takes its choices from the list ${after}, no longer ${before}.`,
  ),
  'choices-removed': warning(
    (q, list, codes) =>
      `De la liste ${list}, dont se sert ${q}, il manque ${codes} : les réponses qui les ont choisis restent valides et gardent leur code, sans libellé.`,
    (q, list, codes) =>
      `The list ${list}, which ${q} uses, has lost ${codes}: answers that chose them stay valid and keep their code, without a label.`,
  ),
  'choices-added': info(
    (q, list, codes) => `La liste ${list}, dont se sert ${q}, a de nouveaux choix : ${codes}.`,
    (q, list, codes) => `The list ${list}, which ${q} uses, has new choices: ${codes}.`,
  ),
  'choices-relabelled': info(
    (q, list, codes) =>
      `Dans la liste ${list}, dont se sert ${q}, des libellés ont changé : ${codes}. Les réponses déjà données gardent leur code : vérifiez qu’il dit encore la même chose.`,
    (q, list, codes) =>
      `In the list ${list}, which ${q} uses, labels have changed: ${codes}. Answers already given keep their code: see that it still means the same.`,
  ),
  'choices-changed': info(
    (q, list, codes) =>
      `Dans la liste ${list}, dont se sert ${q}, d’autres colonnes ont changé : ${codes}.`,
    (q, list, codes) =>
      `In the list ${list}, which ${q} uses, other columns have changed: ${codes}.`,
  ),
  'file-added': info(
    (_, file) => `Le fichier ${file} est nouveau.`,
    (_, file) => `The file ${file} is new.`,
  ),
  'file-removed': info(
    (_, file) => `Le fichier ${file} n’y est plus.`,
    (_, file) => `The file ${file} is no longer there.`,
  ),
  'file-replaced': info(
    (_, file) => `Le fichier ${file} a un autre contenu.`,
    (_, file) => `The file ${file} has another content.`,
  ),

  'visibility-widened': warning(
    (q, before, after) =>
      `${q} : visible par ${after}, et non plus seulement par ${before}. Cela vaut pour les réponses à venir, et pour une réponse corrigée ; celles déjà données gardent la visibilité sous laquelle elles l’ont été.`,
    (q, before, after) =>
      `${q}: visible to ${after}, no longer only to ${before}. This holds for answers to come, and for one that is edited; those already given keep the visibility under which they were given.`,
  ),
  'visibility-narrowed': warning(
    (q, before, after) =>
      `${q} : visible par ${after} seulement, et non plus par ${before}. Les réponses déjà données quittent à la prochaine compilation les fichiers des autres.`,
    (q, before, after) =>
      `${q}: visible to ${after} only, no longer to ${before}. Answers already given leave the files of the others at the next compile.`,
  ),
  'precision-finer': warning(
    (q, before, after) =>
      `${q} : la précision publique passe de ${before} à ${after}, pour les réponses à venir ; celles déjà données gardent la leur.`,
    (q, before, after) =>
      `${q}: the public precision changes from ${before} to ${after}, for answers to come; those already given keep theirs.`,
  ),
  'precision-coarser': warning(
    (q, before, after) =>
      `${q} : la précision publique passe de ${before} à ${after}, aussi pour les réponses déjà données, dès la prochaine compilation.`,
    (q, before, after) =>
      `${q}: the public precision changes from ${before} to ${after}, for answers already given too, from the next compile on.`,
  ),
  'quasi-identifier-set': info(
    (q) =>
      `${q} compte maintenant parmi ce qui pourrait désigner quelqu’un : ce qui est rare n’est plus public.`,
    (q) => `${q} now counts among what could single someone out: what is rare is public no more.`,
  ),
  'quasi-identifier-unset': warning(
    (q) =>
      `${q} ne compte plus parmi ce qui pourrait désigner quelqu’un : des réponses rares deviennent publiques. Les réponses déjà données restent protégées.`,
    (q) =>
      `${q} no longer counts among what could single someone out: rare answers become public. Answers already given stay protected.`,
  ),
  'sensitive-raised': info(
    (q, before, after) =>
      `${q} est plus protégée comme réponse sensible : il faut ${after} réponses différentes par classe (jusqu’ici ${before}), aussi pour les réponses déjà données.`,
    (q, before, after) =>
      `${q} is better protected as a sensitive answer: ${after} different answers are needed per class (so far ${before}), for answers already given too.`,
  ),
  'sensitive-lowered': warning(
    (q, before, after) =>
      `${q} est moins protégée comme réponse sensible : il faut ${after} réponses différentes par classe (jusqu’ici ${before}). Les réponses déjà données restent protégées comme avant.`,
    (q, before, after) =>
      `${q} is less protected as a sensitive answer: ${after} different answers are needed per class (so far ${before}). Answers already given stay protected as before.`,
  ),
  'importance-changed': info(
    (q, before, after) =>
      `L’importance de ${q} passe de ${before} à ${after} : ce qui est rendu moins précis peut changer, aussi pour les réponses déjà données.`,
    (q, before, after) =>
      `The importance of ${q} changes from ${before} to ${after}: what is made coarser may change, for answers already given too.`,
  ),
  'text-shown': warning(
    (q) =>
      `${q} : ce texte libre devient public, pour les réponses à venir, une fois validées ; celles déjà données restent cachées.`,
    (q) =>
      `${q}: this free text becomes public, for answers to come, once they are accepted; those already given stay hidden.`,
  ),
  'text-hidden': warning(
    (q) =>
      `${q} : ce texte libre n’est plus public ; les réponses déjà données quittent les fichiers publics à la prochaine compilation.`,
    (q) =>
      `${q}: this free text is public no more; answers already given leave the public files at the next compile.`,
  ),
  'hxl-added': info(
    (q, _, after) => `${q} a l’étiquette HXL ${after} : elle compte pour qui fait quoi où.`,
    (q, _, after) => `${q} has the HXL tag ${after}: it counts for who does what where.`,
  ),
  'hxl-changed': warning(
    (q, before, after) =>
      `${q} passe de l’étiquette HXL ${before} à ${after} : qui fait quoi où lit les nouvelles réponses autrement que celles déjà données.`,
    (q, before, after) =>
      `${q} changes from the HXL tag ${before} to ${after}: who does what where reads new answers in another way than those already given.`,
  ),
  'hxl-removed': warning(
    (q, before) =>
      `${q} n’a plus l’étiquette HXL ${before} : ses nouvelles réponses ne comptent plus pour qui fait quoi où.`,
    (q, before) =>
      `${q} no longer has the HXL tag ${before}: its new answers no longer count for who does what where.`,
  ),

  'required-stricter': info(
    (q) =>
      `${q} est maintenant obligatoire : les réponses déjà données sans elle restent valides, tant qu’on ne les corrige pas sous cette version.`,
    (q) =>
      `${q} is required now: answers already given without it stay valid, as long as they are not edited under this version.`,
  ),
  'required-looser': info(
    (q) => `${q} n’est plus obligatoire.`,
    (q) => `${q} is required no more.`,
  ),
  'required-changed': info(
    (q) =>
      `${q} est obligatoire dans d’autres cas qu’avant ; les réponses déjà données restent valides.`,
    (q) => `${q} is required in other cases than before; answers already given stay valid.`,
  ),
  'constraint-changed': info(
    (q) =>
      `Ce que ${q} admet a changé : les réponses déjà données restent valides, tant qu’on ne les corrige pas sous cette version.`,
    (q) =>
      `What ${q} takes has changed: answers already given stay valid, as long as they are not edited under this version.`,
  ),
  'constraint-removed': info(
    (q) => `${q} admet maintenant toute valeur de son type.`,
    (q) => `${q} takes any value of its type now.`,
  ),
  'relevant-changed': info(
    (q) => `${q} se pose dans d’autres cas qu’avant ; les réponses déjà données restent.`,
    (q) => `${q} is asked in other cases than before; answers already given stay.`,
  ),
  'calculation-changed': info(
    (q) => `${q} se calcule autrement ; les valeurs déjà calculées restent.`,
    (q) => `${q} is computed in another way; values already computed stay.`,
  ),
  'choice-filter-changed': info(
    (q) => `Les choix de ${q} se filtrent autrement ; les réponses déjà données restent valides.`,
    (q) => `The choices of ${q} are filtered in another way; answers already given stay valid.`,
  ),
  'default-changed': info(
    (q) => `La valeur par défaut de ${q} a changé.`,
    (q) => `The default value of ${q} has changed.`,
  ),
  'label-changed': info(
    (q) => `Le libellé de ${q} a changé.`,
    (q) => `The label of ${q} has changed.`,
  ),
  'presentation-changed': info(
    (q) => `${q} se présente autrement (aide, apparence, médias ou messages).`,
    (q) => `${q} is shown in another way (hint, appearance, media or messages).`,
  ),

  'title-changed': info(
    (_, before, after) => `Le titre passe de « ${before} » à « ${after} ».`,
    (_, before, after) => `The title changes from "${before}" to "${after}".`,
  ),
  'languages-changed': info(
    (_, before, after) => `Les langues de la fiche étaient ${before}, elles sont ${after}.`,
    (_, before, after) => `The languages of the form were ${before}, they are ${after}.`,
  ),
  'audience-widened': warning(
    (_, before, after) =>
      `Peuvent répondre : ${after} ; jusqu’ici : ${before}. Cela vaut pour toutes les versions.`,
    (_, before, after) =>
      `Who may answer: ${after}; so far: ${before}. This holds for all versions.`,
  ),
  'audience-narrowed': warning(
    (_, before, after) =>
      `Peuvent répondre : ${after} ; jusqu’ici : ${before}. Les envois des autres seront refusés, pour toutes les versions ; ce qui est là reste.`,
    (_, before, after) =>
      `Who may answer: ${after}; so far: ${before}. What others send will be refused, for all versions; what is there stays.`,
  ),
  'review-dropped': warning(
    () =>
      'Les réponses à cette version seront validées à leur arrivée, sans que personne les ait lues.',
    () => 'Answers to this version will be accepted on arrival, without anyone having read them.',
  ),
  'review-added': warning(
    () =>
      'Les réponses attendront d’être validées. Celles qui ont été acceptées à leur arrivée, sans que personne les ait lues, quittent les fichiers publics à la prochaine compilation, jusqu’à ce que vous les validiez.',
    () =>
      'Answers will wait for review. Those accepted on arrival, which nobody has read, leave the public files at the next compile, until you accept them.',
  ),
  'consent-added': warning(
    (_, __, after) =>
      `Le consentement se lit maintenant dans \`${after}\` : les réponses déjà données qui n’y disent pas oui quittent les fichiers publics à la prochaine compilation.`,
    (_, __, after) =>
      `Consent is now read from \`${after}\`: answers already given that do not say yes there leave the public files at the next compile.`,
  ),
  'consent-changed': warning(
    (_, before, after) =>
      `Le consentement se lit dans \`${after}\` et non plus dans \`${before}\` : les réponses déjà données qui ne disent pas oui aux deux quittent les fichiers publics à la prochaine compilation.`,
    (_, before, after) =>
      `Consent is read from \`${after}\`, no longer from \`${before}\`: answers already given that do not say yes to both leave the public files at the next compile.`,
  ),
  'consent-removed': warning(
    (_, before) =>
      `Les réponses à cette version seront publiées sans consentement ; à celles déjà données il faut toujours un oui dans \`${before}\`.`,
    (_, before) =>
      `Answers to this version will be published without consent; those already given still need a yes in \`${before}\`.`,
  ),
  'geometry-changed': warning(
    (_, before, after) =>
      `La carte montre ${after} ; jusqu’ici ${before}. Les réponses déjà données qui n’ont pas ce lieu la quittent.`,
    (_, before, after) =>
      `The map shows ${after}; so far ${before}. Answers already given that lack that place leave it.`,
  ),
  'metadata-widened': warning(
    (_, __, after) =>
      `Les fichiers publics diront aussi ${after}, pour les réponses à cette version et aux suivantes.`,
    (_, __, after) =>
      `The public files will also show ${after}, for answers to this version and later ones.`,
  ),
  'metadata-narrowed': warning(
    (_, before) => `Les fichiers publics ne diront plus ${before}, pour aucune réponse.`,
    (_, before) => `The public files will no longer show ${before}, for any answer.`,
  ),
  'k-lowered': warning(
    (_, before, after) =>
      `Le seuil k passe de ${before} à ${after} : des combinaisons plus rares deviennent publiques, pour les réponses à venir ; celles déjà données gardent le seuil sous lequel elles l’ont été.`,
    (_, before, after) =>
      `The threshold k changes from ${before} to ${after}: rarer combinations become public, for answers to come; those already given keep the threshold under which they were given.`,
  ),
  'k-raised': info(
    (_, before, after) =>
      `Le seuil k passe de ${before} à ${after} : les fichiers publics retiennent davantage.`,
    (_, before, after) =>
      `The threshold k changes from ${before} to ${after}: the public files withhold more.`,
  ),
  'max-suppressed-changed': info(
    (_, before, after) =>
      `La part retenue au-delà de laquelle rien de nouveau ne devient public passe de ${before} % à ${after} %.`,
    (_, before, after) =>
      `The share withheld above which nothing new becomes public changes from ${before} % to ${after} %.`,
  ),
  'max-risk-changed': info(
    (_, before, after) =>
      `Le risque global au-delà duquel rien de nouveau ne devient public passe de ${before} % à ${after} %.`,
    (_, before, after) =>
      `The global risk above which nothing new becomes public changes from ${before} % to ${after} %.`,
  ),
  'shards-without-effect': warning(
    (_, before, after) =>
      `Le nombre de parts (shards) passe de ${before} à ${after}, sans effet : il est fixé à la première publication. Pour en avoir plus, faites une nouvelle fiche.`,
    (_, before, after) =>
      `The number of shards changes from ${before} to ${after}, without effect: it is fixed by the first publication. To have more of them, make a new form.`,
  ),
  'license-changed': warning(
    (_, before, after) =>
      `La licence passe de ${before} à ${after} : elle vaudra pour tout le jeu de données, réponses déjà données comprises.`,
    (_, before, after) =>
      `The license changes from ${before} to ${after}: it will hold for the whole dataset, answers already given included.`,
  ),
  'expected-changed': info(
    (_, before, after) => `Qui doit répondre : ${after} ; jusqu’ici : ${before}.`,
    (_, before, after) => `Who owes an answer: ${after}; so far: ${before}.`,
  ),
  'due-changed': info(
    (_, before, after) => `L’échéance passe de ${before} à ${after}.`,
    (_, before, after) => `The due date changes from ${before} to ${after}.`,
  ),
  'attachments-changed': info(
    (_, before, after) =>
      `Une pièce jointe fait au plus ${after} (jusqu’ici ${before}) ; celles qui sont là restent.`,
    (_, before, after) =>
      `An attachment has at most ${after} (so far ${before}); those that are there stay.`,
  ),
  'settings-changed': info(
    () => 'D’autres réglages ont changé, qui ne regardent que les applications de saisie.',
    () => 'Other settings have changed, which concern only the apps that fill in the form.',
  ),
} as const satisfies Readonly<Record<string, ChangeMessage>>;

export type ChangeMessageCode = keyof typeof changeMessages;
