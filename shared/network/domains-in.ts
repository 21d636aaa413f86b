import { foldName } from './fold-name.ts';

/** Hosts where anyone has an address: sharing one says nothing. */
const anyones =
  /(^|\.)(gmail|googlemail|google|yahoo|ymail|hotmail|outlook|live|msn|icloud|aol|orange|proton|protonmail|gmx|facebook|fb|instagram|twitter|x|linkedin|youtube|whatsapp|wordpress|blogspot|wixsite)\.[a-z.]{2,6}$/;

const host = /(?:[a-z0-9_.+-]+@|https?:\/\/|www\.)((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24})/g;

/** The domains of e-mail and web addresses in a text, less those of which anyone has an address. */
export function domainsIn(text: string): readonly string[] {
  const found = Array.from(foldName(text.slice(0, 2000)).matchAll(host), ([, name = '']) =>
    name.replace(/^www\./, ''),
  );
  return [...new Set(found)].filter((name) => !anyones.test(name));
}
