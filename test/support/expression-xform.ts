import { lists, record, type RecordNode, type RecordQuestion } from './expression-record.ts';
import { writeXForm } from '../../shared/form/xform/write-xform.ts';
import { marked, modelWith, placeOf, type Posed } from './expression-forms.ts';

const bindTypes = new Map([
  ['integer', 'int'],
  ['decimal', 'decimal'],
  ['date', 'date'],
  ['dateTime', 'dateTime'],
  ['time', 'time'],
  ['geopoint', 'geopoint'],
  ['geotrace', 'geotrace'],
  ['geoshape', 'geoshape'],
]);

/** The same as the product writes it, but for the primary instance: that is the record, answered. */
export function ownXformOf(posed: readonly Posed[]): string {
  const model = modelWith(posed);
  if (model === undefined) throw new Error('The form of the expressions is refused.');
  return writeXForm(model).replace(/<data [^]*<\/data>/, () => primaryInstance(posed));
}

function primaryInstance(posed: readonly Posed[]): string {
  return `<data id="expressions" version="1">${instanceXml(record, 'root', posed)}<orx:meta><orx:instanceID/></orx:meta></data>`;
}

/**
 * The record and the expressions as an XForm, written here by hand and not by the product's own
 * writer, so that what engines make of it says nothing of that writer.
 */
export function xformOf(posed: readonly Posed[]): string {
  const binds: string[] = [];
  const body: string[] = [];
  describe(record, [], posed, binds, body);
  const instances = Object.entries(lists).map(
    ([name, rows]) =>
      `<instance id="${name}"><root>${rows.map((row) => `<item>${Object.entries(row).map(element).join('')}</item>`).join('')}</root></instance>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">
<h:head><h:title>Expressions</h:title><model>
<instance>${primaryInstance(posed)}</instance>
${instances.join('\n')}
${binds.join('\n')}
<bind nodeset="/data/orx:meta/orx:instanceID" type="string" readonly="true()" jr:preload="uid"/>
</model></h:head>
<h:body>
${body.join('\n')}
</h:body></h:html>`;
}

function instanceXml(
  nodes: readonly RecordNode[],
  holder: string,
  posed: readonly Posed[],
): string {
  const own = holder === 'root' ? holder : placeOf(holder);
  const written = nodes.map((node) => {
    if ('type' in node) return element([node.name, node.value]);
    const instances = 'children' in node ? [node.children] : node.instances;
    return instances
      .map((below) => `<${node.name}>${instanceXml(below, node.name, posed)}</${node.name}>`)
      .join('');
  });
  const calculates = posed.filter(({ at }) => at === own).map(({ name }) => `<${name}/>`);
  return [...written, ...calculates].join('');
}

function describe(
  nodes: readonly RecordNode[],
  path: readonly string[],
  posed: readonly Posed[],
  binds: string[],
  body: string[],
): void {
  for (const node of nodes) {
    const below = [...path, node.name];
    const nodeset = absolute(below);
    if ('type' in node) {
      binds.push(`<bind nodeset="${nodeset}" type="${bindTypes.get(node.type) ?? 'string'}"/>`);
      body.push(control(node, nodeset));
      continue;
    }
    const isRepeat = 'instances' in node;
    body.push(`<group ref="${nodeset}"><label>${node.name}</label>`);
    if (isRepeat) body.push(`<repeat nodeset="${nodeset}">`);
    describe(isRepeat ? (node.instances[0] ?? []) : node.children, below, posed, binds, body);
    body.push(isRepeat ? '</repeat></group>' : '</group>');
  }
  const own = path.length === 0 ? 'root' : placeOf(path.at(-1) ?? '');
  for (const { at, name, source } of posed) {
    if (at !== own) continue;
    const calculate = withPaths(marked(source), [...path, name]);
    binds.push(
      `<bind nodeset="${absolute([...path, name])}" type="string" calculate="${escape(calculate)}"/>`,
    );
  }
}

function control({ name, type, list }: RecordQuestion, ref: string): string {
  const label = `<label>${name}</label>`;
  if (list === undefined) return `<input ref="${ref}">${label}</input>`;
  const tag = type === 'select_one' ? 'select1' : 'select';
  const itemset = `<itemset nodeset="instance('${list}')/root/item"><value ref="name"/><label ref="label"/></itemset>`;
  return `<${tag} ref="${ref}">${label}${itemset}</${tag}>`;
}

const absolute = (path: readonly string[]): string => `/data/${path.join('/')}`;
const element = ([name, text]: readonly [string, string]): string =>
  `<${name}>${escape(text)}</${name}>`;

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;');
}

const repeats = new Set(['household', 'visit']);
const paths = new Map<string, readonly string[]>();
collect(record, []);

function collect(nodes: readonly RecordNode[], path: readonly string[]): void {
  for (const node of nodes) {
    const below = [...path, node.name];
    paths.set(node.name, below);
    if ('children' in node) collect(node.children, below);
    else if ('instances' in node) collect(node.instances[0] ?? [], below);
  }
}

/**
 * `${name}` as XLSForm's reference converter writes it: within the repeat that both stand in, a
 * relative path (from current() in a predicate), else an absolute one; absolute in texts and in
 * indexed-repeat() too.
 */
function withPaths(source: string, from: readonly string[]): string {
  let quote = '';
  let depth = 0;
  return source.replace(/\$\{(\w+)\}|['"[\]]/g, (found: string, name?: string) => {
    if (name === undefined) {
      if (quote !== '') quote = found === quote ? '' : quote;
      else if (found === '[') depth++;
      else if (found === ']') depth--;
      else quote = found;
      return found;
    }
    const path = paths.get(name);
    if (path === undefined) throw new Error(`no ${name}`);
    const shared = sharedRepeat(path, from);
    const isFixed = quote !== '' || source.includes('indexed-repeat(') || shared === 0;
    if (isFixed) return absolute(path);
    const up = '../'.repeat(from.length - shared);
    return `${depth > 0 ? 'current()/' : ''}${up}${path.slice(shared).join('/')}`;
  });
}

/** How many names lead to the innermost repeat that holds both; 0: there is none. */
function sharedRepeat(path: readonly string[], from: readonly string[]): number {
  let shared = 0;
  for (let at = 0; at < Math.min(path.length, from.length) - 1; at++) {
    const name = path[at] ?? '';
    if (name !== from[at]) break;
    if (repeats.has(name)) shared = at + 1;
  }
  return shared;
}
