import { xmlName } from './xml-text.ts';

/** Why a document is not read. */
export type XmlRefusal =
  'not-well-formed' | 'doctype' | 'encoding' | 'too-deep' | 'too-many-attributes';

/** A document that is not read. Its message never quotes it: documents hold answers. */
export class XmlError extends Error {
  readonly reason: XmlRefusal;
  /** The line on which reading ended, from 1. */
  line = 0;

  constructor(reason: XmlRefusal) {
    super(`XML: ${reason}`);
    this.reason = reason;
  }
}

/** Values by name, both as written but for references. */
export type XmlAttributes = ReadonlyMap<string, string>;

/**
 * Receives what a document holds, in its order. Comments and instructions are passed over. May throw XmlError
 * for what has no place in it.
 */
export interface XmlReader {
  /** `name` with its prefix; declarations of namespaces are among the attributes. */
  open(name: string, attributes: XmlAttributes): void;
  close(name: string): void;
  /** Character data within the root, in one or several pieces. */
  text(text: string): void;
}

/** How much a document may hold: what is beyond is refused before it takes memory. */
export interface XmlLimits {
  /** Elements in one another, the root being 1. */
  readonly depth: number;
  /** Attributes of one element. */
  readonly attributes: number;
}

const noAttributes: XmlAttributes = new Map();

const name = `(?:${xmlName}:)?${xmlName}`;
/** An element that holds no more than text, as most do: read at one go. */
const leaf = new RegExp(`<(${name})>([^<]*)</\\1>`, 'y');
const start = new RegExp(`<(${name})`, 'y');
const attribute = new RegExp(
  String.raw`[ \t\n]+(${name})[ \t\n]*=[ \t\n]*(?:"([^"<]*)"|'([^'<]*)')`,
  'y',
);
const startEnd = /[ \t\n]*(\/?)>/y;
const end = new RegExp(String.raw`</(${name})[ \t\n]*>`, 'y');
const cdata = /<!\[CDATA\[/y;
const instruction = new RegExp(String.raw`<\?(?!xml[ \t\n?])${xmlName}(?:[ \t\n]|(?=\?>))`, 'iy');
const declaration =
  /^\ufeff?<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(["'])1\.[0-9]+\1(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(["'])([A-Za-z][A-Za-z0-9._-]*)\2)?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(["'])(?:yes|no)\4)?[ \t\n]*\?>/;
/** What XML 1.0 cannot hold at all; that surrogates come in pairs is looked at apart. */
const noCharacter = /[^\t\n\r -\ufffd]/;
const reference = /&(?:(amp|lt|gt|quot|apos)|#0*([0-9]{1,7})|#x0*([0-9A-Fa-f]{1,6}));/y;

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/**
 * Reads a whole XML 1.0 document that has no DOCTYPE, so that it can name no entity but XML's own five
 * and refers to nothing outside of it. That it is well-formed is known only at the end. Time grows
 * with its length alone: an expression begins where another ended, and looks at each character a
 * fixed number of times. Prefixes must be names; what they stand for is the reader's matter. Throws
 * XmlError, and what `reader` throws.
 */
export function parseXml(document: string, reader: XmlReader, limits: XmlLimits): void {
  const parser = new Parser(document, reader, limits);
  try {
    parser.document();
  } catch (error) {
    if (error instanceof XmlError) error.line = parser.line;
    throw error;
  }
}

class Parser {
  readonly #text: string;
  readonly #reader: XmlReader;
  readonly #limits: XmlLimits;
  readonly #open: string[] = [];
  /** `]]>` may not stand in text: looked for in each only if it stands anywhere. */
  readonly #hasCdataEnd: boolean;
  #at = 0;

  constructor(document: string, reader: XmlReader, limits: XmlLimits) {
    this.#text = document.includes('\r') ? document.replaceAll(/\r\n?/g, '\n') : document;
    this.#reader = reader;
    this.#limits = limits;
    this.#hasCdataEnd = document.includes(']]>');
  }

  get line(): number {
    return this.#text.slice(0, this.#at).split('\n').length;
  }

  document(): void {
    const text = this.#text;
    if (noCharacter.test(text) || !text.isWellFormed()) this.#refuse();
    this.#declaration();
    let hasRoot = false;
    while (this.#at < text.length) {
      const tag = text.indexOf('<', this.#at);
      const said = tag === -1 ? text.slice(this.#at) : text.slice(this.#at, tag);
      if (said !== '') this.#say(said);
      if (tag === -1) break;
      this.#at = tag;
      const next = text.charAt(tag + 1);
      if (next === '/') this.#end();
      else if (next === '!' || next === '?') this.#markup();
      else {
        if (this.#open.length === 0 && hasRoot) this.#refuse();
        hasRoot = true;
        this.#element();
      }
    }
    if (!hasRoot || this.#open.length > 0) this.#refuse();
  }

  /** Bytes have been read as UTF-8 whatever it says: another encoding would be misread in silence. */
  #declaration(): void {
    const [written = this.#text.startsWith('\ufeff') ? '\ufeff' : '', , , encoding = 'utf-8'] =
      declaration.exec(this.#text) ?? [];
    if (!/^(?:utf-?8|us-ascii)$/i.test(encoding)) this.#refuse('encoding');
    this.#at = written.length;
  }

  /** The match of an expression where reading has come to, which it moves on. */
  #match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at = expression.lastIndex;
    return found;
  }

  #say(said: string): void {
    if (this.#open.length > 0) this.#reader.text(this.#resolved(said));
    else if (/[^ \t\n]/.test(said)) this.#refuse();
  }

  #element(): void {
    if (this.#open.length >= this.#limits.depth) this.#refuse('too-deep');
    const whole = this.#match(leaf);
    if (whole !== undefined) {
      const [, named = '', said = ''] = whole;
      this.#reader.open(named, noAttributes);
      if (said !== '') this.#reader.text(this.#resolved(said));
      this.#reader.close(named);
      return;
    }
    const named = this.#match(start)?.[1] ?? this.#refuse();
    const attributes = this.#attributes();
    const closes = this.#match(startEnd)?.[1] ?? this.#refuse();
    this.#reader.open(named, attributes);
    if (closes === '') this.#open.push(named);
    else this.#reader.close(named);
  }

  #attributes(): XmlAttributes {
    let attributes: Map<string, string> | undefined;
    for (let found = this.#match(attribute); found !== undefined; found = this.#match(attribute)) {
      const [, named = '', double, single = ''] = found;
      attributes ??= new Map();
      if (attributes.has(named)) this.#refuse();
      if (attributes.size >= this.#limits.attributes) this.#refuse('too-many-attributes');
      const value = double ?? single;
      const hasBreaks = value.includes('\n') || value.includes('\t');
      const written = hasBreaks ? value.replaceAll(/[\t\n]/g, ' ') : value;
      attributes.set(named, this.#resolved(written, false));
    }
    return attributes ?? noAttributes;
  }

  #end(): void {
    const named = this.#match(end)?.[1];
    if (named === undefined || this.#open.pop() !== named) this.#refuse();
    this.#reader.close(named);
  }

  /** What begins with `<!` or `<?`. */
  #markup(): void {
    if (this.#text.startsWith('<!DOCTYPE', this.#at)) this.#refuse('doctype');
    if (this.#text.startsWith('<!--', this.#at)) {
      this.#at = this.#text.indexOf('--', this.#at + 4) + 3;
      if (this.#text.slice(this.#at - 3, this.#at) !== '-->') this.#refuse();
      return;
    }
    const isText = this.#open.length > 0 && this.#match(cdata) !== undefined;
    if (!isText && this.#match(instruction) === undefined) this.#refuse();
    const [from, ending] = [this.#at, isText ? ']]>' : '?>'];
    const to = this.#text.indexOf(ending, from);
    if (to === -1) this.#refuse();
    if (isText && to > from) this.#reader.text(this.#text.slice(from, to));
    this.#at = to + ending.length;
  }

  /** Character data with its references resolved. */
  #resolved(text: string, isContent = true): string {
    if (isContent && this.#hasCdataEnd && text.includes(']]>')) this.#refuse();
    let resolved = '';
    let from = 0;
    for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', from)) {
      reference.lastIndex = at;
      const [written = this.#refuse(), entity, decimal, hex] = reference.exec(text) ?? [];
      resolved += text.slice(from, at) + (entities[entity ?? ''] ?? this.#character(decimal, hex));
      from = at + written.length;
    }
    return from === 0 ? text : resolved + text.slice(from);
  }

  #character(decimal: string | undefined, hex: string | undefined): string {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return isCharacter(code) ? String.fromCodePoint(code) : this.#refuse();
  }

  #refuse(reason: XmlRefusal = 'not-well-formed'): never {
    throw new XmlError(reason);
  }
}

/** Char of XML 1.0. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  if (code <= 0xd7ff) return true;
  return code <= 0x10ffff && code >= 0xe000 && code !== 0xfffe && code !== 0xffff;
}
