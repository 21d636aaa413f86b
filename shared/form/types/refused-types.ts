import type { Bilingual } from '../../text.ts';
import { plainType } from './read-type.ts';

const kobo: Bilingual = {
  fr: 'c’est une invention de KoboToolbox, qu’ODK Collect ne connaît pas : écrivez un groupe de questions select_one.',
  en: 'it is an invention of KoboToolbox that ODK Collect does not know: write a group of select_one questions.',
};
const loop: Bilingual = {
  fr: 'une boucle sur une liste n’est plus du XLSForm : écrivez un groupe par choix, ou un begin_repeat.',
  en: 'a loop over a list is no longer XLSForm: write one group for each choice, or a begin_repeat.',
};

/** Types that some tool knows or once knew, each with the reason why it is not read here. */
const refused: readonly (readonly [RegExp, Bilingual])[] = [
  [
    /^osm\b/,
    {
      fr: 'les objets OpenStreetMap ne se relèvent qu’avec une application à part : demandez un geopoint ou un geoshape.',
      en: 'OpenStreetMap objects need an application of their own: ask for a geopoint or a geoshape.',
    },
  ],
  [/^(?:begin|end) loop\b/, loop],
  [
    /^cascading select\b/,
    {
      fr: 'écrivez un select_one par niveau, avec un choice_filter.',
      en: 'write one select_one for each level, with a choice_filter.',
    },
  ],
  [/^(?:(?:begin|end) )?(?:kobomatrix|score|rank)\b/, kobo],
  [
    /^(?:percentage|number of days in .*)$/,
    {
      fr: 'écrivez integer, avec une constraint comme « . >= 0 and . <= 100 ».',
      en: 'write integer, with a constraint such as ". >= 0 and . <= 100".',
    },
  ],
];

/** Why this type is refused, if it is one that people have reason to expect. */
export function refusalOf(cell: string): Bilingual | undefined {
  const plain = plainType(cell.slice(0, 300));
  return refused.find(([pattern]) => pattern.test(plain))?.[1];
}
