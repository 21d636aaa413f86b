import { isUtf8 } from 'node:buffer';
import { Fault } from '../../fault.ts';
import { InstanceId } from '../../ids.ts';
import { badXml, notUtf8, xmlTree, type XmlElement } from './xml-element.ts';

/** A filled form as a phone sends it. */
export interface XFormInstance {
  readonly formId: string;
  /** The version of the form that was filled in, if the XML names one. */
  readonly version: string | undefined;
  readonly instanceId: InstanceId;
  /** The instance that this one takes the place of. */
  readonly deprecatedId: string | undefined;
  readonly root: XmlElement;
}

/**
 * The longest XML of one submission, in bytes: as long as JSON may be. A record holds 350 KB, and
 * reading more would keep everybody else waiting.
 */
export const maxXmlBytes = 1_048_576;

/** The namespace in which a form's instances stand when it has none of its own: it names no form. */
const xforms = 'http://www.w3.org/2002/xforms';

/**
 * Reads the XML of a filled form. Throws Faults: `malformed-request` for what is no such XML, has a
 * DOCTYPE, is not in UTF-8, or lacks the form's id or the instanceID; `body-too-large` (length, or
 * number of elements), `nesting-too-deep`. No message quotes the XML, which holds answers.
 */
export function readInstance(xml: Uint8Array): XFormInstance {
  if (xml.length > maxXmlBytes) throw new Fault('body-too-large');
  if (!isUtf8(xml)) throw notUtf8();
  const text = Buffer.from(xml.buffer, xml.byteOffset, xml.length).toString('utf8');
  const root = xmlTree(text);
  const formId = formIdOf(root);
  if (formId === '') {
    throw badXml('no-form-id', {
      fr: 'Le XML ne dit pas de quelle fiche il s’agit : son premier élément n’a pas d’attribut id.',
      en: 'The XML does not say which form it is: its first element has no id attribute.',
    });
  }
  const version = root.attributes.get('version')?.trim() ?? '';
  return {
    formId,
    version: version === '' ? undefined : version,
    instanceId: instanceIdOf(root),
    deprecatedId: deprecatedIdOf(root),
    root,
  };
}

/** Clients from before there was an id named the form by the namespace of its instance. */
function formIdOf(root: XmlElement): string {
  const id = root.attributes.get('id')?.trim() ?? '';
  if (id !== '') return id;
  return root.namespace === xforms ? '' : root.namespace.trim();
}

function instanceIdOf(root: XmlElement): InstanceId {
  const [text = '', ...others] = metaTexts(root, 'instanceID');
  const id = InstanceId.safeParse(text);
  if (id.success && others.length === 0) return id.data;
  throw badXml('no-instance-id', {
    fr: 'Le XML n’a pas d’instanceID : il en faut un, uuid :… par exemple, sous meta.',
    en: 'The XML has no instanceID: there must be one, such as uuid:…, under meta.',
  });
}

function deprecatedIdOf(root: XmlElement): string | undefined {
  const [text, ...others] = metaTexts(root, 'deprecatedID').filter((found) => found !== '');
  if (text === undefined) return undefined;
  if (others.length === 0 && InstanceId.safeParse(text).success) return text;
  throw badXml('bad-deprecated-id', {
    fr: 'Le deprecatedID du XML n’est pas l’identifiant d’une fiche remplie.',
    en: 'The deprecatedID of the XML is not the id of a submission.',
  });
}

/** OpenRosa has a namespace for meta and what is in it; older forms use none, or the form's. */
function metaTexts(root: XmlElement, name: string): string[] {
  return metaElements(root)
    .filter((child) => child.name === name)
    .map(({ text }) => text.trim());
}

/** What stands in a submission's meta: facts about it, not answers. */
export function metaElements(root: XmlElement): readonly XmlElement[] {
  return root.children.filter(isMeta).flatMap(({ children }) => children);
}

/** True for the element of that name at the top, which no question may have. */
export function isMeta({ name }: XmlElement): boolean {
  return name === 'meta';
}
