import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInForms } from '../../support/fixtures.ts';
import { readForm } from '../../support/forms-folder.ts';

const root = new URL('../../../', import.meta.url).pathname;

const files = ['forms', 'test/fixtures'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)),
);

/** Patterns of what belongs to a person; the persons themselves are not listed anywhere. */
const personal: Readonly<Record<string, RegExp>> = {
  'an e-mail address outside example.org': /[\w.+-]+@(?!example\.org\b)[\w-]+(?:\.[\w-]+)+/gu,
  'a telephone number': /(?:\+|\b00)[1-9]\d{6,}|\b\d{2}(?:[ .\u{a0}\u{202f}-]\d{2}){3,4}\b/gu,
  'a person with a title': /\b(?:M\.|Mme|Mlle|Monsieur|Madame|Dr|Docteur|Pr|Maître)\s+\p{Lu}/gu,
};

const examples: Readonly<Record<string, string>> = {
  'an e-mail address outside example.org': 'quelqu-un@association.test.fr',
  'a telephone number': '01 23 45 67 89',
  'a person with a title': 'Madame Untel',
};

describe.each(Object.entries(personal))('%s', (what, pattern) => {
  it('would be found', () => {
    expect((examples[what] ?? '').match(pattern)).not.toBeNull();
  });

  it.each(files.map((file) => file.slice(root.length)))('is not in %s', (file) => {
    expect(readFileSync(join(root, file), 'utf8').match(pattern)).toBeNull();
  });
});

describe.each(builtInForms)('the form %s', (formId) => {
  const survey = readForm(formId).survey;
  const named = (pattern: RegExp) => survey.filter(({ name }) => pattern.test(String(name)));

  it('shows contact details, names of persons and confidential places to the coordinator alone', () => {
    const pattern =
      /^(?:contact_|confidential|full_name$|role$|email$|phone$|minutes_by$|document$|people_met$)/;
    for (const row of named(pattern))
      expect(row['visibility'], String(row['name'])).toBe(undefined);
  });

  it('publishes no name of a site and no exact position', () => {
    for (const row of named(/^site$/)) expect(row['visibility']).toBe('members');
    for (const row of survey.filter(({ type }) => type === 'geopoint')) {
      expect(row['precision'], String(row['name'])).toBe('adm1');
    }
  });

  it('puts no HXL tag of a contact anywhere', () => {
    expect(survey.filter(({ hxl }) => String(hxl).startsWith('#contact'))).toEqual([]);
  });
});

describe('towns and départements', () => {
  const meetingsAreAnnounced = 'plan-activity';

  it.each(builtInForms.filter((formId) => formId !== meetingsAreAnnounced))(
    'are not published by the form %s',
    (formId) => {
      for (const { name, visibility } of readForm(formId).survey) {
        if (name === 'departement' || name === 'place') expect(visibility).toBe('members');
      }
    },
  );
});
