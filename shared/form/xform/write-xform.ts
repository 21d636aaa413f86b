import { readYesNo } from '../compile/cell-values.ts';
import type { FormModel } from '../model.ts';
import { modelActions } from './actions.ts';
import { binds } from './binds.ts';
import { Controls } from './controls.ts';
import { lastSavedInstance } from './print-xpath.ts';
import { primaryInstance } from './primary-instance.ts';
import { XFormParts } from './xform-parts.ts';
import { xmlAttributes, xmlText } from '../../xml-text.ts';

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
