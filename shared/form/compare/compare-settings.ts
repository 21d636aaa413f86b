import { type FormChanges, type Said, textIn, sameTexts } from './form-changes.ts';
import {
  publicMetadata,
  type FormModel,
  type FormSettings,
  type PublicMetadata,
} from '../model.ts';
import { defaultShards } from '../compile/compile-settings.ts';

const fromNarrowest = ['coordinator', 'members', 'anyone'] as const;
const audienceWords = {
  coordinator: { fr: 'la coordination', en: 'the coordinator' },
  members: { fr: 'les membres', en: 'the members' },
  anyone: { fr: 'tout le monde', en: 'anyone' },
} as const;
const metadataWords = {
  organisation: { fr: 'quelle organisation a répondu', en: 'which organisation has answered' },
  state: { fr: 'l’état de la fiche', en: 'the state of the record' },
  received_at: { fr: 'le jour où elle est arrivée', en: 'the day on which it came in' },
  updated_at: { fr: 'le jour de son dernier changement', en: 'the day of its last change' },
} as const satisfies Readonly<Record<PublicMetadata, Said>>;
const nothing = { fr: 'rien', en: 'nothing' };

/** Reports in what the settings of a form differ from what they were. */
export function compareSettings(old: FormModel, now: FormModel, changes: FormChanges): void {
  const [before, after] = [old.settings, now.settings];
  if (!sameTexts(before.title, after.title)) {
    changes.add('title-changed', null, titleOf(before), titleOf(after));
  }
  if (old.languages.join(' ') !== now.languages.join(' ')) {
    changes.add('languages-changed', null, old.languages.join(', '), now.languages.join(', '));
  }
  reportAudience(before, after, changes);
  if (before.review === 'required' && after.review === 'none') changes.add('review-dropped', null);
  if (before.review === 'none' && after.review === 'required') changes.add('review-added', null);
  reportConsent(before, after, changes);
  if (before.geometry !== after.geometry) {
    changes.add('geometry-changed', null, quoted(before.geometry), quoted(after.geometry));
  }
  reportMetadata(before, after, changes);
  if (before.k !== after.k) {
    const code = after.k < before.k ? 'k-lowered' : 'k-raised';
    changes.add(code, null, String(before.k), String(after.k));
  }
  if (before.maxSuppressed !== after.maxSuppressed) {
    const [was, is] = [before, after].map(({ maxSuppressed }) => String(maxSuppressed));
    changes.add('max-suppressed-changed', null, was, is);
  }
  // Where neither says it, it follows k.
  const saysRisk = [before, after].some(({ maxRisk, k }) => maxRisk !== 1 / k);
  if (saysRisk && before.maxRisk !== after.maxRisk) {
    const percent = (risk: number): Said => {
      const text = String(Number((risk * 100).toPrecision(6)));
      return { fr: text.replace('.', ','), en: text };
    };
    changes.add('max-risk-changed', null, percent(before.maxRisk), percent(after.maxRisk));
  }
  const [shards, others] = [before, after].map((each) => String(each.shards ?? defaultShards));
  if (shards !== others) changes.add('shards-without-effect', null, shards, others);
  if (before.license !== after.license) {
    changes.add('license-changed', null, quoted(before.license), quoted(after.license));
  }
  if (before.expected !== after.expected) {
    const members = { fr: 'tous les membres', en: 'all members' };
    const nobody = { fr: 'personne', en: 'nobody' };
    const [was, is] = [before, after].map(({ expected }) => (expected ? members : nobody));
    changes.add('expected-changed', null, was, is);
  }
  if (before.due !== after.due) {
    changes.add('due-changed', null, quoted(before.due), quoted(after.due));
  }
  reportAttachments(before, after, changes);
  if (
    !sameTexts(before.client, after.client) ||
    before.instanceName?.source !== after.instanceName?.source ||
    before.defaultLanguage !== after.defaultLanguage
  ) {
    changes.add('settings-changed', null);
  }
}

function titleOf({ title }: FormSettings): Said {
  return { fr: textIn(title, 'fr'), en: textIn(title, 'en') };
}

function quoted(text: string | undefined): Said {
  return text === undefined ? nothing : `\`${text}\``;
}

function reportAudience(before: FormSettings, after: FormSettings, changes: FormChanges): void {
  if (before.audience === after.audience) return;
  const widened = fromNarrowest.indexOf(after.audience) > fromNarrowest.indexOf(before.audience);
  changes.add(
    widened ? 'audience-widened' : 'audience-narrowed',
    null,
    audienceWords[before.audience],
    audienceWords[after.audience],
  );
}

function reportConsent(before: FormSettings, after: FormSettings, changes: FormChanges): void {
  const [was, is] = [before.consent, after.consent];
  if (was === is) return;
  const code =
    was === undefined ? 'consent-added' : is === undefined ? 'consent-removed' : 'consent-changed';
  changes.add(code, null, was, is);
}

function reportMetadata(before: FormSettings, after: FormSettings, changes: FormChanges): void {
  for (const name of publicMetadata) {
    const [was, is] = [before, after].map((settings) => settings.publicMetadata.includes(name));
    if (was === is) continue;
    const code = is === true ? 'metadata-widened' : 'metadata-narrowed';
    changes.add(code, null, metadataWords[name], metadataWords[name]);
  }
}

function reportAttachments(before: FormSettings, after: FormSettings, changes: FormChanges): void {
  const limits = ({ attachments }: FormSettings): Said => {
    const megabytes = String(attachments.maxBytes / 1_000_000);
    const types = attachments.types?.join(', ');
    return {
      fr: `${megabytes.replace('.', ',')} Mo${types === undefined ? '' : `, ${types}`}`,
      en: `${megabytes} MB${types === undefined ? '' : `, ${types}`}`,
    };
  };
  const same =
    before.attachments.maxBytes === after.attachments.maxBytes &&
    before.attachments.types?.join(' ') === after.attachments.types?.join(' ');
  if (!same) changes.add('attachments-changed', null, limits(before), limits(after));
}
