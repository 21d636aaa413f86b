import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attachmentDisposition } from '../../../../shared/objects/content-disposition.ts';

describe('Content-Disposition of an attachment', () => {
  it.each([
    ['photo.jpg', 'photo.jpg', 'photo.jpg'],
    ['été 1.csv', '_t_ 1.csv', '%C3%A9t%C3%A9%201.csv'],
    ['a"b\\c;d.txt', 'a_b_c_d.txt', 'a%22b%5Cc%3Bd.txt'],
    ["l'été (1)*.txt", 'l__t_ (1)_.txt', 'l%27%C3%A9t%C3%A9%20%281%29%2A.txt'],
    ['100%41.txt', '100_41.txt', '100%2541.txt'],
    ['a\r\nset-cookie: x', 'a__set-cookie_ x', 'a%0D%0Aset-cookie%3A%20x'],
    ['facture\u202egpj.exe', 'facture_gpj.exe', 'facture_gpj.exe'],
    ['moitié\ud800', 'moiti__', 'moiti%C3%A9%EF%BF%BD'],
  ])('names %j', (fileName, plain, encoded) => {
    expect(attachmentDisposition(fileName)).toBe(
      `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
    );
  });

  it('has nothing but what RFC 6266 and RFC 8187 allow, whatever the name', () => {
    const allowed =
      /^attachment; filename="[A-Za-z0-9 ._()-]*"; filename\*=UTF-8''(?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})*$/;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (fileName) => {
        expect(attachmentDisposition(fileName)).toMatch(allowed);
      }),
    );
  });
});
