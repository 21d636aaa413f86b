import type { FormNode, Group, Question, Repeat } from '../model.ts';
import { isInMeta } from './generated-nodes.ts';
import { ownAttributes } from './namespaces.ts';
import { metaName } from './node-paths.ts';
import type { XFormParts } from './xform-parts.ts';
import { xmlAttributes, xmlText } from '../../xml-text.ts';

/** Whether a repeat is written as the template of its instances, as its first instance, or as both. */
type Repeats = 'both' | 'template' | 'instance';

/** The record as it is when a form is opened: empty, but for fixed defaults. */
export function primaryInstance(parts: XFormParts): string {
  const { model, paths, namespaces } = parts;
  const { client, instanceName } = model.settings;
  const attributes = new Map(
    [...client]
      .filter(([name]) => name.startsWith('attribute::'))
      .map(([name, text]) => [name.slice('attribute::'.length), text]),
  );
  const settings: readonly (readonly [string, string | undefined])[] = [
    ['id', model.formId],
    ['version', model.version],
    ['xmlns', client.get('instance_xmlns')],
    ['odk:prefix', client.get('prefix')],
    ['odk:delimiter', client.get('delimiter')],
  ];
  const own = new Map<string, string | undefined>(ownAttributes(attributes, namespaces));
  for (const [name, value] of settings) own.set(name, value);
  const log = model.questions.find(isInMeta);
  const meta = [
    ...(log === undefined
      ? []
      : [`<orx:audit${xmlAttributes(parts.own(log.client.instance, log))}/>`]),
    '<orx:instanceID/>',
    ...(instanceName === undefined ? [] : ['<orx:instanceName/>']),
  ].join('');
  const content = children(model.root, 'both', parts);
  return `<instance><${paths.root}${xmlAttributes(own)}>${content}<${metaName}>${meta}</${metaName}></${paths.root}></instance>`;
}

function children(block: Group | Repeat, repeats: Repeats, parts: XFormParts): string {
  return block.children.map((child) => written(child, repeats, parts)).join('');
}

function written(node: FormNode, repeats: Repeats, parts: XFormParts): string {
  const { name } = node;
  const attributes = xmlAttributes(parts.own(node.client.instance, node));
  switch (node.kind) {
    case 'question': {
      if (isInMeta(node)) return '';
      const text = fixedDefault(node);
      return text === ''
        ? `<${name}${attributes}/>`
        : `<${name}${attributes}>${xmlText(text)}</${name}>`;
    }
    case 'group': {
      const header = parts.generated.headers.get(node)?.at(-1);
      const first = header === undefined ? '' : `<${header}/>`;
      return `<${name}${attributes}>${first}${children(node, repeats, parts)}</${name}>`;
    }
    case 'repeat': {
      const count = parts.generated.counts.get(node)?.at(-1);
      const one = (of: 'template' | 'instance'): string => {
        const template = of === 'template' ? ' jr:template=""' : '';
        return `<${name}${template}${attributes}>${children(node, of, parts)}</${name}>`;
      };
      const instances = repeats === 'both' ? one('template') + one('instance') : one(repeats);
      return `${count === undefined ? '' : `<${count}/>`}${instances}`;
    }
  }
}

function fixedDefault({ default: fixed, type }: Question): string {
  if (typeof fixed !== 'string') return '';
  return type === 'image' && !fixed.startsWith('jr://') ? `jr://images/${fixed}` : fixed;
}
