import { Fault } from '../../fault.ts';
import type { Bilingual } from '../../text.ts';

/** 400: an option that cannot be read. `at` is the character of its text, from 1. */
export function unreadable(option: string, message: Bilingual, at?: number): Fault {
  const where = {
    fr: at === undefined ? option : `${option}, caractère ${at}`,
    en: at === undefined ? option : `${option}, character ${at}`,
  };
  return new Fault('malformed-request', {
    errors: [
      {
        pointer: '',
        code: 'invalid-option',
        message: { fr: `${where.fr} : ${message.fr}`, en: `${where.en}: ${message.en}` },
      },
    ],
    extra: { option, ...(at !== undefined && { position: at }) },
  });
}

/** 501: something that OData knows and this feed does not do. */
export function notImplemented(message: Bilingual): Fault {
  return new Fault('not-implemented', {
    errors: [{ pointer: '', code: 'not-implemented', message }],
  });
}

/** 404, with what is missing. */
export function noSuch(code: string, message: Bilingual): Fault {
  return new Fault('not-found', { errors: [{ pointer: '', code, message }] });
}

/** 400: an option names what is no property. `at` as in `unreadable`. */
export function noSuchProperty(option: string, name: string, at?: number): Fault {
  return unreadable(
    option,
    {
      fr: `« ${name} » n’est pas une propriété ici ; $metadata dit lesquelles il y a.`,
      en: `“${name}” is no property here; $metadata says which there are.`,
    },
    at,
  );
}
