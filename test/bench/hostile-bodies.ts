/** A body that has stopped other servers, and where it is sent. */
export interface HostileBody {
  readonly path: string;
  readonly contentType: string;
  readonly raw: string;
}

const json = (formId: string, raw: string): HostileBody => ({
  path: `/v1/forms/${formId}/submissions`,
  contentType: 'application/json',
  raw,
});

/** To a form of 250 questions, and to one with `(a+)+$`. */
const hostileJson: readonly HostileBody[] = [
  json('bench', `{"instanceId":"stall-000","answers":{"__proto__":{"a":1}}}`),
  json('bench', `{"instanceId":"stall-001","answers":{"q1":1e308}}`),
  json('bench', `{"instanceId":"stall-002","answers":{"q1":9007199254740993}}`),
  json('bench', `{"instanceId":"stall-003","answers":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
  json('bench', `{"instanceId":"stall-004","answers":{"q0":"${'x'.repeat(5_000_000)}"}}`),
  json('bench', `{"instanceId":"stall-005","answers":{"q0":[${'0,'.repeat(400_000)}0]}}`),
  json('regex', `{"instanceId":"stall-006","answers":{"a":"${'a'.repeat(28)}!"}}`),
  json('regex', `{"instanceId":"stall-007","answers":{"a":"${'a'.repeat(50_000)}!"}}`),
];

const part = (header: string, content: string): string => `--b\r\n${header}\r\n\r\n${content}\r\n`;
const xmlPart =
  'Content-Disposition: form-data; name="xml_submission_file"\r\nContent-Type: text/xml';
const filePart = (name: string): string =>
  `Content-Disposition: form-data; name="${name}"; filename="${name}"\r\nContent-Type: image/png`;
const ofXml = (xml: string): string => `${part(xmlPart, xml)}--b--\r\n`;

const instance = (id: string, content: string, attributes = ''): string =>
  `<data id="bench" version="1"${attributes}><meta><instanceID>uuid:stall-${id}</instanceID></meta>${content}</data>`;
const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('');
const laughs = times(9, (level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`);

/** What a limit on bytes stops is sent as long as a request may be, and just as long as it may pass. */
const bodies: readonly string[] = [
  ofXml(instance('100', '<a>'.repeat(1_400_000))),
  ofXml(instance('101', '<a>'.repeat(340_000))),
  ofXml(
    instance(
      '102',
      '',
      times(300_000, (index) => ` a${index}="1"`),
    ),
  ),
  ofXml(
    instance(
      '103',
      '',
      times(80_000, (index) => ` a${index}="1"`),
    ),
  ),
  ofXml(
    instance(
      '104',
      times(12_000, (index) => `<q a="1" b="2" c="3" d="${index}"/>`),
    ),
  ),
  ofXml(instance('105', `<q0>${'&amp;'.repeat(200_000)}</q0>`)),
  ofXml(instance('106', `<q0>${'&#65;'.repeat(200_000)}</q0>`)),
  ofXml(instance('107', `<q0>${'x'.repeat(4_000_000)}</q0>`)),
  ofXml(instance('108', `<q0>${'x'.repeat(1_000_000)}</q0>`)),
  ofXml(instance('109', `<q0>${']'.repeat(1_000_000)}</q0><!-- -->`)),
  ofXml(instance('110', '<q0/>'.repeat(800_000))),
  ofXml(instance('111', '<q0/>'.repeat(49_000))),
  ofXml(
    instance(
      '112',
      times(49_000, (index) => `<z${index}>1</z${index}>`),
    ),
  ),
  ofXml(instance('113', '<!---->'.repeat(140_000))),
  ofXml(`<!DOCTYPE d [<!ENTITY l0 "ha">${laughs}]><data id="bench"><q0>&l9;</q0></data>`),
  ofXml(`<!DOCTYPE d [${'<!ENTITY a "b">'.repeat(60_000)}]><data id="bench"/>`),
  ofXml(`<${'x'.repeat(1_000_000)}`),
  `${part(xmlPart, instance('120', ''))}${times(100_000, (index) => part('X: y', String(index)))}--b--\r\n`.slice(
    0,
    4_400_000,
  ),
  `${part(xmlPart, instance('121', ''))}${times(199, (index) => part(filePart(`f${index}`), 'x'.repeat(20_000)))}--b--\r\n`,
  `${part(xmlPart, instance('122', ''))}${part(filePart('a'), '\r\n--'.repeat(1_000_000))}--b--\r\n`,
  `${part(`${'X: y\r\n'.repeat(600_000)}${xmlPart}`, instance('123', ''))}--b--\r\n`,
  '--b\r\n'.repeat(800_000),
];

/** Every body that has stopped other servers, to the doors that `token` opens. */
export function hostileBodies(token: string): HostileBody[] {
  const openRosa = bodies.map((raw) => ({
    path: `/v1/key/${token}/submission`,
    contentType: 'multipart/form-data; boundary=b',
    raw,
  }));
  return [...hostileJson, ...openRosa];
}
