import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { compileForm } from '../../shared/form/compile/compile-form.ts';
import type { FormDefinition } from '../../shared/form/definition.ts';
import { readListFile } from '../../shared/form/files/list-file.ts';
import type { FormModel } from '../../shared/form/model.ts';
import type { JsonObject } from '../../shared/json.ts';
import { Client } from '../support/client.ts';
import { Collect, messageOf, sha256 } from '../support/collect.ts';
import { givenAnswers, isAsked, settingsOf } from '../support/engine-settings.ts';
import {
  everyTypeAnswers,
  everyTypeFiles,
  everyTypeForm,
  towns,
} from '../support/every-type-form.ts';
import { builtInForms, fixtureOf } from '../support/fixtures.ts';
import { readForm, vocabularyRows } from '../support/forms-folder.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';
import { XFormsEngine, type EngineFile, type Filled } from '../support/xforms-engine.ts';
import '../support/engines.ts';

/** The server's forms, filled by an engine that is not ours, and what the server makes of the result. */
let server: RunningServer;
let coordinator: Client;
let phone: Collect;
const engine = new XFormsEngine();
const vocabularies = vocabularyRows();

const Submission = z.object({
  state: z.string(),
  issues: z.array(z.object({ pointer: z.string(), code: z.string() })),
  answers: z.custom<JsonObject>(),
  attachments: z.array(
    z.object({ file: z.string(), sha256: z.string().nullable(), state: z.string() }),
  ),
});

beforeAll(async () => {
  server = await startServer();
  coordinator = new Client(server.url, server.coordinatorToken);
  phone = new Collect(server.url, server.coordinatorToken);
});
afterAll(async () => {
  await engine.close();
  await server.kill();
});

function modelOf(formId: string, definition: FormDefinition): FormModel {
  const files = new Map([[towns.name, readListFile(towns.name, towns.bytes)]]);
  const { model, errors } = compileForm(formId, definition, vocabularies, files);
  if (model === undefined) throw new Error(JSON.stringify(errors));
  return model;
}

/** A form as a phone gets it, with its files. */
async function download(formId: string): Promise<{ form: string; media: EngineFile[] }> {
  const [listed] = await phone.formList(`?formID=${formId}`);
  if (listed === undefined) throw new Error(`${formId} is not listed`);
  const form = await phone.fetch(listed.downloadUrl);
  const files = listed.manifestUrl === undefined ? [] : await phone.manifest(listed.manifestUrl);
  const media = await Promise.all(
    files.map(async ({ filename, downloadUrl }) => {
      const { headers, bytes } = await phone.fetch(downloadUrl);
      return { name: filename, type: headers.get('content-type') ?? '', bytes };
    }),
  );
  return { form: form.bytes.toString(), media };
}

/** Sends what the engine serialised, and reads the submission back. */
async function sendAndRead(
  formId: string,
  filled: Filled,
): Promise<z.infer<typeof Submission> & { path: string }> {
  const files = filled.files.map((file) => ({ ...file, bytes: Buffer.from(file.bytes) }));
  const sent = await phone.send(filled.xml, files);
  expect([sent.status, messageOf(sent).nature], sent.text).toEqual([201, 'submit_success']);
  const [, instanceId = ''] = /<orx:instanceID>([^<]+)</.exec(filled.xml) ?? [];
  const path = `/v1/forms/${formId}/submissions/${encodeURIComponent(instanceId)}`;
  const answer = await coordinator.get(path);
  expect(answer.status, answer.text).toBe(200);
  return { ...Submission.parse(answer.body), path };
}

describe.each(builtInForms)('The form %s', (formId) => {
  const model = modelOf(formId, readForm(formId));

  it.each(fixtureOf(formId).valid)(
    'is filled by an engine not written here and comes out as $instanceId has it',
    async ({ answers, warnings = [] }) => {
      const { form, media } = await download(formId);
      const filled = await engine.fill({ form, media, settings: settingsOf(model, answers) });
      expect(filled.problems).toEqual([]);
      expect(filled.violations).toEqual([]);
      const kept = await sendAndRead(formId, filled);
      expect(kept.issues).toEqual(
        warnings.map(({ pointer, code }) => ({ pointer: `/answers${pointer}`, code })),
      );
      expect(kept.state).not.toBe('has-issues');
      expect(givenAnswers(model, kept.answers)).toEqual(givenAnswers(model, answers));
    },
  );
});

describe('A form with every type of question', () => {
  const formId = 'every-type';
  const model = modelOf(formId, everyTypeForm);
  let form: string;
  let media: EngineFile[];

  beforeAll(async () => {
    const draft = await coordinator.put(`/v1/forms/${formId}/draft`, {
      ...everyTypeForm,
    } as JsonObject);
    expect(draft.status, draft.text).toBe(200);
    const put = await coordinator.request('PUT', `/v1/forms/${formId}/draft/media/${towns.name}`, {
      raw: towns.bytes,
      headers: { 'content-type': towns.type },
    });
    expect(put.status, put.text).toBe(200);
    const published = await coordinator.post(`/v1/forms/${formId}/publish`);
    expect(published.status, published.text).toBe(200);
    ({ form, media } = await download(formId));
  });

  const fill = (answers: JsonObject): Promise<Filled> =>
    engine.fill({ form, media, files: everyTypeFiles, settings: settingsOf(model, answers) });

  it('comes out as it was filled, each attachment whole', async () => {
    const filled = await fill(everyTypeAnswers);
    expect([filled.problems, filled.violations]).toEqual([[], []]);
    const kept = await sendAndRead(formId, filled);
    expect([kept.state, kept.issues]).toEqual(['received', []]);
    expect(givenAnswers(model, kept.answers)).toEqual(givenAnswers(model, everyTypeAnswers));
    const files = everyTypeFiles.map(({ name, bytes }) => [name, sha256(bytes), 'stored']);
    expect(kept.attachments.map((one) => [one.file, one.sha256, one.state]).sort()).toEqual(
      files.sort(),
    );
    for (const { name, bytes } of everyTypeFiles) {
      const got = await fetch(`${server.url}${kept.path}/attachments/${name}`, {
        headers: { authorization: `Bearer ${server.coordinatorToken}` },
      });
      expect(sha256(new Uint8Array(await got.arrayBuffer()))).toBe(sha256(bytes));
    }
  });

  it('has its calculations and what the phone adds as the engine made them', async () => {
    const filled = await fill(everyTypeAnswers);
    const { answers } = await sendAndRead(formId, filled);
    const engineMade = new Map(filled.values.map(({ reference, value }) => [reference, value]));
    const added = model.questions.filter(
      (question) => !isAsked(question) && question.repeat === undefined && question.type !== 'note',
    );
    expect(added.length).toBeGreaterThan(8);
    for (const { name } of added) {
      if (name === 'ended') continue;
      const value = answers[name];
      expect(typeof value === 'number' ? String(value) : value, name).toBe(
        engineMade.get(`/data/${name}`),
      );
    }
    expect(answers['ended']).toMatch(/^\d{4}-\d{2}-\d{2}T/);
    expect(answers['person']).toMatchObject([
      { rank: 1, visits: 2 },
      { rank: 2, visits: 1 },
    ]);
  });

  it('says nothing of what is not relevant, though it was answered', async () => {
    const { contact, ...others } = everyTypeAnswers;
    const refused = {
      ...others,
      contact: contact ?? {},
      agreed: 'no',
      refusal: { why: 'No time' },
    };
    const { issues, answers } = await sendAndRead(formId, await fill(refused));
    expect(issues).toEqual([]);
    expect(answers).toMatchObject({ agreed: 'no', refusal: { why: 'No time' } });
    expect(answers).not.toHaveProperty('contact');
  });

  it('breaks the same rules there and here, and is kept all the same', async () => {
    const { title, ...others } = everyTypeAnswers;
    expect(title).toBeDefined();
    const filled = await fill({ ...others, code: '12a', agreed: 'no' });
    expect(filled.violations).toEqual([
      { reference: '/data/title', condition: 'required' },
      { reference: '/data/code', condition: 'constraint' },
      { reference: '/data/refusal/why', condition: 'required' },
    ]);
    const { state, issues } = await sendAndRead(formId, filled);
    expect(state).toBe('has-issues');
    expect(issues.map(({ pointer, code }) => `${pointer} ${code}`).sort()).toEqual([
      '/answers/code constraint',
      '/answers/refusal/why required',
      '/answers/title required',
    ]);
  });
});
