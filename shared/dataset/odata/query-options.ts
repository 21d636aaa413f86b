import type { Resource } from './resource-path.ts';
import { notImplemented, unreadable } from './odata-fault.ts';
import { Fault } from '../../fault.ts';

/** What a request asks of a resource beside its address. */
export interface QueryOptions {
  readonly filter: string | undefined;
  readonly select: string | undefined;
  readonly expand: string | undefined;
  readonly orderBy: string | undefined;
  readonly top: number | undefined;
  readonly skip: number;
  readonly count: boolean;
  readonly wkt: boolean;
  readonly skipToken: string | undefined;
  /** Those that a link to the next page repeats. */
  readonly kept: readonly (readonly [string, string])[];
}

type Query = Readonly<Record<string, string | undefined>>;

const rowsOptions = [
  '$filter',
  '$select',
  '$expand',
  '$orderby',
  '$top',
  '$skip',
  '$count',
  '$skiptoken',
];
const always = ['$format', '$wkt'];

/** Which options a resource takes. */
const taken: Readonly<Record<Resource['kind'] | 'count', ReadonlySet<string>>> = {
  service: new Set(always),
  metadata: new Set(always),
  entity: new Set([...always, '$select', '$expand']),
  rows: new Set([...always, ...rowsOptions]),
  count: new Set([...always, '$filter']),
};

/** A page says where the next one begins: what these said is in its token. */
const inToken: ReadonlySet<string> = new Set(['$top', '$skip', '$skiptoken']);

/**
 * Reads the options of a request; those without `$` are none of OData's. Throws Faults:
 * `not-implemented` for one that nobody here knows, `malformed-request` for one that has no place or no
 * sense here, `not-acceptable` for a `$format`.
 */
export function readOptions(query: Query, resource: Resource): QueryOptions {
  const kind = resource.kind === 'rows' && resource.count ? 'count' : resource.kind;
  const options = new Map<string, string>();
  for (const [name, value] of Object.entries(query)) {
    if (!name.startsWith('$') || value === undefined) continue;
    if (!taken.rows.has(name)) {
      throw notImplemented({
        fr: `L’option ${name} n’est pas prise en charge.`,
        en: `The option ${name} is not supported.`,
      });
    }
    if (!taken[kind].has(name)) {
      throw unreadable(name, { fr: 'sans objet ici.', en: 'has no place here.' });
    }
    options.set(name, value);
  }
  checkFormat(options.get('$format'), kind);
  return {
    filter: options.get('$filter'),
    select: options.get('$select'),
    expand: options.get('$expand'),
    orderBy: options.get('$orderby'),
    top: wholeNumber('$top', options.get('$top')),
    skip: wholeNumber('$skip', options.get('$skip')) ?? 0,
    count: truth('$count', options.get('$count')),
    wkt: truth('$wkt', options.get('$wkt')),
    skipToken: options.get('$skiptoken'),
    kept: [...options].filter(([name]) => !inToken.has(name)),
  };
}

const formats: Readonly<Record<'json' | 'xml' | 'text', readonly string[]>> = {
  json: ['json', 'application/json'],
  xml: ['xml', 'application/xml'],
  text: ['text', 'text/plain', 'json', 'application/json'],
};

/** `$format` wins over Accept. `application/json;odata.metadata=minimal` is what it is anyway. */
function checkFormat(format: string | undefined, kind: Resource['kind'] | 'count'): void {
  if (format === undefined) return;
  const wanted = format.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const known = formats[kind === 'metadata' ? 'xml' : kind === 'count' ? 'text' : 'json'];
  if (known.includes(wanted)) return;
  throw new Fault('not-acceptable', {
    errors: [
      {
        pointer: '',
        code: 'invalid-option',
        message: {
          fr: `$format : ce flux répond ici en ${known.join(', ')}.`,
          en: `$format: this feed answers ${known.join(', ')} here.`,
        },
      },
    ],
  });
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^[0-9]{1,15}$/.test(text)) return number;
  throw unreadable(option, { fr: 'il faut un nombre entier.', en: 'a whole number is needed.' });
}

function truth(option: string, text: string | undefined): boolean {
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  throw unreadable(option, { fr: 'il faut true ou false.', en: 'true or false is needed.' });
}
