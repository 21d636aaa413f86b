import type * as z from 'zod';
import { Fault } from '../fault.ts';
import type { FaultDetail } from '../fault.ts';
import type { Bilingual } from '../text.ts';
import { jsonPointer } from './json-pointer.ts';

type Issue = z.core.$ZodIssue;

interface Reason {
  readonly code: string;
  readonly message: Bilingual;
}

const required: Reason = {
  code: 'required',
  message: { fr: 'Ce champ est obligatoire.', en: 'This field is required.' },
};
const unknownField: Reason = {
  code: 'unknown-field',
  message: { fr: 'Ce champ n’existe pas ici.', en: 'There is no such field here.' },
};
const invalid: Reason = {
  code: 'invalid',
  message: { fr: 'Cette valeur n’est pas admise ici.', en: 'This value is not allowed here.' },
};

function wrongType(expected: string): Reason {
  return {
    code: 'wrong-type',
    message: {
      fr: `Cette valeur n’a pas le type attendu (${expected}).`,
      en: `This value does not have the expected type (${expected}).`,
    },
  };
}

function oneOf(values: readonly unknown[]): Reason {
  const list = values.map(String).join(', ');
  return {
    code: 'not-a-choice',
    message: { fr: `Valeurs admises : ${list}.`, en: `Allowed values: ${list}.` },
  };
}

function atMost(maximum: number | bigint): Reason {
  return {
    code: 'too-large',
    message: { fr: `Au plus ${String(maximum)}.`, en: `At most ${String(maximum)}.` },
  };
}

function atLeast(minimum: number | bigint): Reason {
  return {
    code: 'too-small',
    message: { fr: `Au moins ${String(minimum)}.`, en: `At least ${String(minimum)}.` },
  };
}

function length(reason: Reason): Reason {
  const { fr, en } = reason.message;
  return {
    code: reason.code,
    message: { fr: `Longueur en caractères : ${fr}`, en: `Length in characters: ${en}` },
  };
}

const moment: Reason = {
  code: 'invalid',
  message: {
    fr: 'Un moment s’écrit 2027-01-31T00:00:00Z, en ISO 8601.',
    en: 'A moment is written 2027-01-31T00:00:00Z, in ISO 8601.',
  },
};

/** Of patterns, such as that of an id, the pattern itself says most. */
function misformed(format: string, pattern: string | undefined): Reason {
  if (format === 'datetime' || format === 'date') return moment;
  if (pattern === undefined) return invalid;
  return {
    code: 'invalid',
    message: {
      fr: `Cette valeur n’a pas la forme attendue : ${pattern}`,
      en: `This value does not have the expected form: ${pattern}`,
    },
  };
}

function reasonOf(issue: Issue): Reason {
  if (issue.input === undefined && issue.code !== 'custom') return required;
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected);
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_big':
      return issue.origin === 'string' ? length(atMost(issue.maximum)) : atMost(issue.maximum);
    case 'too_small':
      return issue.origin === 'string' ? length(atLeast(issue.minimum)) : atLeast(issue.minimum);
    case 'invalid_format':
      return misformed(issue.format, issue.pattern);
    case 'invalid_union': {
      const format = issue.errors.flat().find((one) => one.code === 'invalid_format');
      return format === undefined ? invalid : misformed(format.format, format.pattern);
    }
    default:
      return issue.input === undefined ? required : invalid;
  }
}

/** As many faults as are worth telling. */
const mostFaults = 100;

/** The faults that zod found, in our words: its own are English only, and quote what was sent. */
export function faultsOf(error: z.ZodError): FaultDetail[] {
  const faults = error.issues.flatMap((issue) => {
    const { path } = issue;
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ pointer: jsonPointer([...path, key]), ...unknownField }));
    }
    return [{ pointer: jsonPointer(path), ...reasonOf(issue) }];
  });
  return faults.slice(0, mostFaults);
}

/** What is wrong with the parameters after `?`. They have no JSON pointer: the message names them. */
export function invalidQuery(error: z.ZodError): Fault {
  return new Fault('malformed-request', {
    errors: error.issues.map((issue) => {
      const reason = issue.code === 'unrecognized_keys' ? unknownField : reasonOf(issue);
      const names = issue.code === 'unrecognized_keys' ? issue.keys : issue.path.map(String);
      const name = names.join(', ');
      return {
        pointer: '',
        code: reason.code,
        message: {
          fr: `Paramètre ${name} : ${reason.message.fr}`,
          en: `Parameter ${name}: ${reason.message.en}`,
        },
      };
    }),
  });
}
