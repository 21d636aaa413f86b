import { describe, expect, it } from 'vitest';
import { openRosaMessage } from '../../../../shared/http/openrosa-message.ts';
import { readXml } from '../../../support/read-xml.ts';

describe('a message to a phone', () => {
  it.each([
    ['as it is', '« Lits » & <cour> ]]>', '« Lits » & <cour> ]]>'],
    ['with what XML cannot hold replaced', 'a\u0000b\ud800c', 'a\ufffdb\ufffdc'],
  ])('says a text %s', (_, said, read) => {
    const { text = '' } = openRosaMessage(400, 'submit_error', said);
    expect(readXml(text).children[0]?.text).toBe(read);
  });
});
