import { mayUseForm } from '../../shared/access/policy.ts';
import type { Principal } from '../../shared/access/principal.ts';
import { isCanaryForm } from '../../shared/canary/canary-scope.ts';
import { draftRecord, type FormRecord } from '../../shared/form/library/form-record.ts';
import type { FormLibrary } from '../../shared/form/library/form-library.ts';
import type { FormSettings } from '../../shared/form/model.ts';
import { formAddresses } from '../../shared/http/openrosa/form-addresses.ts';
import type { ListedForm } from '../../shared/http/openrosa/form-list.ts';
import type { ListedFile } from '../../shared/http/openrosa/manifest.ts';
import { isDraftId } from '../../shared/ids.ts';
import type { Language } from '../../shared/text.ts';

/** How a phone came here, and so how it comes back: both are those of its request. */
interface Way {
  readonly origin: string;
  readonly token: string;
}

/** Who asks for a list of forms. */
interface Asking extends Way {
  readonly principal: Principal;
  readonly language: Language;
}

/**
 * The forms that a phone may fill in: the published ones that its token may use, then, for the
 * coordinator, drafts to try out. `formId`: that one alone, if it is among them.
 */
export async function listedForms(
  forms: FormLibrary,
  asking: Asking,
  formId?: string,
): Promise<ListedForm[]> {
  const records =
    formId === undefined ? withDrafts(await forms.list()) : [await forms.record(formId)];
  const offered = records.filter((record) => record !== undefined);
  return Promise.all(
    offered
      .filter(
        ({ state, audience }) => state === 'published' && mayUseForm(asking.principal, audience),
      )
      .map((record) => listed(forms, record, asking)),
  );
}

function withDrafts(records: readonly FormRecord[]): (FormRecord | undefined)[] {
  const theirs = records.filter((record) => !isCanaryForm(record.formId));
  return [...theirs, ...theirs.map(draftRecord)];
}

async function listed(
  forms: FormLibrary,
  record: FormRecord,
  { origin, token, language }: Asking,
): Promise<ListedForm> {
  const [{ settings, version }, { md5 }, files] = await Promise.all([
    forms.modelOf(record),
    forms.xForm(record),
    forms.filesOf(record),
  ]);
  const addresses = formAddresses(origin, token, record.formId, version);
  return {
    formId: record.formId,
    name: nameOf(record, settings, language),
    version,
    md5,
    downloadUrl: addresses.form,
    manifestUrl: files.some(({ present }) => present) ? addresses.manifest : undefined,
  };
}

function nameOf({ formId }: FormRecord, settings: FormSettings, language: Language): string {
  const { title, defaultLanguage } = settings;
  const said = title.get(language) ?? title.get(defaultLanguage) ?? [...title.values()][0] ?? '';
  const name = said.trim() === '' ? formId : said;
  if (!isDraftId(formId)) return name;
  return language === 'en' ? `Draft: ${name}` : `Brouillon : ${name}`;
}

/** The files of a form that are there, those that no cell names too: an expression may put their names together. */
export async function listedFiles(
  forms: FormLibrary,
  form: FormRecord,
  { origin, token }: Way,
  asked?: string,
): Promise<ListedFile[]> {
  const { version } = await forms.modelOf(form, asked);
  const addresses = formAddresses(origin, token, form.formId, version);
  const files = (await forms.filesOf(form, version)).filter(({ present }) => present);
  return Promise.all(
    files.map(async ({ file }) => ({
      file,
      md5: (await forms.media(form, file, version)).md5,
      downloadUrl: addresses.media(file),
    })),
  );
}
