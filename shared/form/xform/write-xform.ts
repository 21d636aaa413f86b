import { readYesNo } from '../compile/cell-values.ts';
import type { FormModel, FormNode, Group, Question, Repeat } from '../model.ts';
import { modelActions, binds } from './binds.ts';
import { Controls } from './controls.ts';
import { lastSavedInstance } from './print-xpath.ts';
import { XFormParts, ownAttributes } from './xform-parts.ts';
import { xmlAttributes, xmlText } from '../../xml-text.ts';
import { isInMeta, metaName } from './node-paths.ts';

/**
 * A form as an ODK XForm, for Collect, Enketo and their kin. The same model gives the same text. It is
 * what pyxform makes of the same XLSForm, but for eight things: a text that a language lacks is said in
 * the default one, not as `-`; a list that an expression reads has its labels even where they are
 * translated; absolute paths begin with the root element whatever their author called it; a repeat seen
 * from within is all of its instances, in Collect too; so is `[2]` a place; attributes whose prefix is
 * declared nowhere are left out; so is submission_url; texts in one language only are written where they
 * are used.
 */
export function writeXForm(model: FormModel): string {
  const parts = new XFormParts(model);
  const { settings } = model;
  const [anyTitle = model.formId] = settings.title.values();
  const title = settings.title.get(settings.defaultLanguage) ?? anyTitle;
  const body = new Controls(parts).write();
  const instance = primaryInstance(parts);
  const rules = binds(parts) + modelActions(parts);
  const lists = parts.lists.write();
  // Everything else has now said what it has to say.
  const itext = parts.itext.write();
  const isSaved = [itext, instance, lists, rules, body].some((part) =>
    part.includes(`instance('${lastSavedInstance}')`),
  );
  const namespaces = xmlAttributes(
    [...parts.namespaces].map(([prefix, address]) => [`xmlns:${prefix}`, address]),
  );
  const style = xmlAttributes([['class', settings.client.get('style')]]);
  return [
    `<?xml version="1.0" encoding="UTF-8"?>\n<h:html xmlns="http://www.w3.org/2002/xforms"${namespaces}>`,
    `<h:head><h:title>${xmlText(title)}</h:title><model odk:xforms-version="1.0.0">`,
    submission(settings.client),
    itext,
    instance,
    lists,
    isSaved ? `<instance id="${lastSavedInstance}" src="jr://instance/last-saved"/>` : '',
    rules,
    `</model></h:head><h:body${style}>`,
    body,
    '</h:body></h:html>\n',
  ].join('');
}

/**
 * How clients are to send: left to them unless the form says so. Where they send to is not the form's
 * to say: answers would go to another server, seen by others and missing here.
 */
function submission(client: ReadonlyMap<string, string>): string {
  const editable = readYesNo(client.get('client_editable') ?? '') === true;
  const attributes = xmlAttributes([
    ['orx:auto-send', client.get('auto_send')],
    ['orx:auto-delete', client.get('auto_delete')],
    ['odk:client-editable', editable ? 'true' : undefined],
  ]);
  return attributes === '' ? '' : `<submission${attributes}/>`;
}

/** Whether a repeat is written as the template of its instances, as its first instance, or as both. */
type Repeats = 'both' | 'template' | 'instance';

/** The record as it is when a form is opened: empty, but for fixed defaults. */
function primaryInstance(parts: XFormParts): string {
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
