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
    message: { fr: `Valeurs admises: ${list}.`, en: `Allowed values: ${list}.` },
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

function reasonOf(issue: Issue): Reason {
  if (issue.input === undefined && issue.code !== 'custom') return required;
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected);
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_big':
      return atMost(issue.maximum);
    case 'too_small':
      return atLeast(issue.minimum);
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
          fr: `Paramètre ${name}: ${reason.message.fr}`,
          en: `Parameter ${name}: ${reason.message.en}`,
        },
      };
    }),
  });
}
