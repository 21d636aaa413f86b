import type { Translations } from '../../text.ts';
import type { AttributeOf } from './columns.ts';
import type { FileNeeds } from '../lists/file-needs.ts';
import { mediaKinds, type ClientFacts, type Media, type MediaKind } from '../model.ts';
import { isAttributeName } from '../namespaces.ts';
import { mentionsAt, mentionsInText } from './parse-cell.ts';
import { plainType } from '../types/read-type.ts';
import type { SheetRow } from './sheet.ts';
import type { SurveyContext } from './survey-context.ts';

/** What most questions have: nothing that only clients show or do. */
export const noClientFacts: ClientFacts = {
  guidanceHint: new Map(),
  media: new Map(),
  bind: new Map(),
  body: new Map(),
  instance: new Map(),
  autoplay: '',
  intent: '',
};

const columns = ['guidance_hint', ...mediaKinds, 'autoplay', 'intent'] as const;

/** What XForms write themselves into these elements. */
const ownAttributes: ReadonlySet<string> = new Set(['nodeset', 'ref']);
/** What old types asked of a phone, by what they are called in a type cell. */
const oldProperties = /\b(simserial|sim id|subscriberid|subscriber id)$/;

/** What a survey row says to clients alone. */
export function readClientFacts(row: SheetRow, context: SurveyContext): ClientFacts {
  const old = oldProperties.exec(plainType(row.text('type').slice(0, 100)))?.[1];
  const plain = row.attributes.size === 0 && !columns.some((column) => row.has(column));
  if (plain && old === undefined) return noClientFacts;
  const { defaultLanguage, mentions, files, issues, prefixes } = context;
  mentionsInText(row, 'intent', mentions);
  const attributes: Readonly<Record<AttributeOf, Map<string, string>>> = {
    ...{ bind: new Map(), body: new Map(), instance: new Map() },
  };
  for (const [heading, { of, name, text }] of row.attributes) {
    const place = row.place('', heading);
    mentionsAt(place, text, mentions);
    if (ownAttributes.has(name) || !isAttributeName(name, prefixes)) {
      issues.add('bad-attribute', place, heading);
    } else attributes[of].set(name, text);
  }
  if (old !== undefined) {
    issues.add('deprecated-type', row.place('type'), row.text('type'));
    attributes.bind.set('jr:preloadParams', old.startsWith('sim') ? 'simserial' : 'subscriberid');
  }
  return {
    guidanceHint: row.translations('guidance_hint', defaultLanguage),
    media: readMedia(row, defaultLanguage, files),
    ...attributes,
    autoplay: row.text('autoplay'),
    intent: row.text('intent'),
  };
}

const noMedia: Media = new Map();

/** Images, sounds and films of a label, by kind and language; the form needs these files. */
export function readMedia(row: SheetRow, defaultLanguage: string, files: FileNeeds): Media {
  let media: Map<MediaKind, Translations> | undefined;
  for (const kind of mediaKinds) {
    if (!row.has(kind)) continue;
    const cells = row.cells(kind);
    const named = new Map(
      [...row.translations(kind, defaultLanguage)].map(([language, text]) => [
        language,
        bareFileName(text),
      ]),
    );
    for (const { heading, text } of cells) {
      files.add(bareFileName(text), 'media', row.place(kind, heading));
    }
    media ??= new Map();
    media.set(kind, named);
  }
  return media ?? noMedia;
}

/** Some forms write a file's name as the address that XForms give it. */
export function bareFileName(text: string): string {
  return text.replace(/^jr:\/\/(?:images|audio|video|file)\//, '');
}
