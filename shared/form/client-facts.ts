import type { Translations } from '../text.ts';
import type { AttributeOf } from './columns.ts';
import type { FileNeeds } from './file-needs.ts';
import { mediaKinds, type ClientFacts, type Media, type MediaKind } from './model.ts';
import { mentionsInText } from './parse-cell.ts';
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

/** What a survey row says to clients alone. */
export function readClientFacts(row: SheetRow, context: SurveyContext): ClientFacts {
  if (row.attributes.size === 0 && !columns.some((column) => row.cells(column).length > 0)) {
    return noClientFacts;
  }
  const { defaultLanguage, mentions, files } = context;
  mentionsInText(row, 'guidance_hint', mentions);
  const attributes = (of: AttributeOf): ReadonlyMap<string, string> =>
    new Map(
      [...row.attributes.values()]
        .filter((attribute) => attribute.of === of)
        .map(({ name, text }) => [name, text]),
    );
  return {
    guidanceHint: row.translations('guidance_hint', defaultLanguage),
    media: readMedia(row, defaultLanguage, files),
    bind: attributes('bind'),
    body: attributes('body'),
    instance: attributes('instance'),
    autoplay: row.text('autoplay'),
    intent: row.text('intent'),
  };
}

const noMedia: Media = new Map();

/** Images, sounds and films of a label, by kind and language; the form needs these files. */
export function readMedia(row: SheetRow, defaultLanguage: string, files: FileNeeds): Media {
  let media: Map<MediaKind, Translations> | undefined;
  for (const kind of mediaKinds) {
    const cells = row.cells(kind);
    if (cells.length === 0) continue;
    const named = new Map(
      [...row.translations(kind, defaultLanguage)].map(([language, text]) => [
        language,
        bareName(text),
      ]),
    );
    for (const { heading, text } of cells) {
      files.add(bareName(text), 'media', row.place(kind, heading));
    }
    media ??= new Map();
    media.set(kind, named);
  }
  return media ?? noMedia;
}

/** Some forms write a file's name as the address that XForms give it. */
function bareName(text: string): string {
  return text.replace(/^jr:\/\/(?:images|audio|video|file)\//, '');
}
