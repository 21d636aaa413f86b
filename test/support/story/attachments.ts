import { randomBytes } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { ZipArchive } from '../../../shared/zip/read-zip.ts';
import type { Client } from '../client.ts';
import { Collect, sha256 } from '../collect.ts';
import type { Cast } from './cast.ts';
import { definition, download, path, photo, type Filled, type Shelter } from './shelter.ts';

/** Files that go with submissions, and drafts of the form that asks for them. */
export function tellAttachments(cast: () => Cast, shelter: () => Shelter): void {
  const phone = () => shelter().phone;
  const filled = (parts?: Filled) => shelter().filled(parts);
  const seen = (id: string, form?: string) => shelter().seen(id, form);
  describe('attachments by links', () => {
    it('take a submission from incomplete to received, and only the right bytes', async () => {
      const file = photo('façade 1.png');
      const attachment = {
        file: file.name,
        bytes: file.bytes.length,
        sha256: sha256(file.bytes),
        type: file.type,
      };
      const sent = await cast().member.submit('shelter', 'by-link-1', {
        name: 'Par lien',
        pictures: { front: attachment },
      });
      expect(sent.status, sent.text).toBe(201);
      expect((await seen('by-link-1')).state).toBe('incomplete');
      const asked = await cast().member.post(`${path('by-link-1')}/attachments`, attachment);
      expect(asked.status, asked.text).toBe(200);
      const { upload } = asked.body as {
        upload: { method: string; url: string; headers: Record<string, string> };
      };
      const put = (bytes: Buffer): Promise<Response> =>
        fetch(upload.url, { method: 'PUT', headers: upload.headers, body: new Uint8Array(bytes) });
      expect((await put(randomBytes(file.bytes.length))).ok).toBe(false);
      expect((await put(file.bytes)).ok).toBe(true);
      const done = await cast().member.post(`${path('by-link-1')}/attachments`, attachment);
      expect(done.body).toMatchObject({
        stored: true,
        upload: null,
        missing: [],
        state: 'received',
      });
      const got = await download(cast().member, 'by-link-1', file.name);
      expect(sha256(got.bytes)).toBe(attachment.sha256);
    });

    it('settle by themselves at the next compile when the client never came back', async () => {
      const file = photo('late.png');
      const attachment = {
        file: file.name,
        bytes: file.bytes.length,
        sha256: sha256(file.bytes),
        type: file.type,
      };
      await cast().member.submit('shelter', 'by-link-2', {
        name: 'x',
        pictures: { front: attachment },
      });
      const asked = await cast().member.post(`${path('by-link-2')}/attachments`, attachment);
      const { upload } = asked.body as { upload: { url: string; headers: Record<string, string> } };
      await fetch(upload.url, {
        method: 'PUT',
        headers: upload.headers,
        body: new Uint8Array(file.bytes),
      });
      await cast().coordinator.compile();
      expect((await seen('by-link-2')).state).toBe('received');
    });
  });

  describe('who may see an attachment', () => {
    it('its organisation, the coordinator, and other members once it is accepted and theirs to see', async () => {
      const files = ['front.png', 'back.png'].map(photo);
      const { id, xml } = filled({ front: 'front.png', back: 'back.png' });
      await phone().send(xml, files);
      const status = async (client: Client, file: string): Promise<number> =>
        (await download(client, id, file)).status;
      expect(await status(cast().coordinator, 'back.png')).toBe(200);
      expect(await status(cast().other, 'front.png')).toBe(404);
      const { revision } = await seen(id);
      const review = await cast().coordinator.review(
        'shelter',
        encodeURIComponent(id),
        revision,
        'accept',
      );
      expect(review.status, review.text).toBe(200);
      expect(await status(cast().other, 'front.png')).toBe(200);
      expect(await status(cast().other, 'back.png')).toBe(404);
      expect(await status(cast().member, 'back.png')).toBe(200);
      expect((await fetch(`${cast().anyone.url}${path(id)}/attachments/front.png`)).status).toBe(
        401,
      );
    });

    it('in the archive of a dataset, whoever may see them one by one', async () => {
      const [seenByAll, notYet] = [photo('front.png'), photo('front.png')];
      const [accepted, waiting] = [filled({ front: 'front.png' }), filled({ front: 'front.png' })];
      await phone().send(accepted.xml, [seenByAll]);
      await phone().send(waiting.xml, [notYet]);
      const { revision } = await seen(accepted.id);
      await cast().coordinator.review(
        'shelter',
        encodeURIComponent(accepted.id),
        revision,
        'accept',
      );
      await cast().coordinator.compile();
      const archiveFor = async (client: Client, query = '') => {
        const got = await client.download(`/v1/datasets/shelter/attachments.zip${query}`);
        expect(got.status, got.bytes.toString()).toBe(200);
        expect(got.headers.get('content-type')).toBe('application/zip');
        const zip = new ZipArchive(got.bytes);
        return zip.names.map((name) => sha256(zip.read(name)));
      };
      const all = await archiveFor(cast().coordinator);
      expect(all).toContain(sha256(seenByAll.bytes));
      expect(all).toContain(sha256(notYet.bytes));
      for (const sums of [
        await archiveFor(cast().other),
        await archiveFor(cast().member),
        await archiveFor(cast().coordinator, '?audience=members'),
      ]) {
        expect(sums).toContain(sha256(seenByAll.bytes));
        expect(sums).not.toContain(sha256(notYet.bytes));
      }
      expect(
        (await cast().other.get('/v1/datasets/shelter/attachments.zip?audience=coordinator'))
          .status,
      ).toBe(403);
    });

    it('nobody, once the submission is erased', async () => {
      const { id, xml } = filled({ front: 'front.png' });
      await phone().send(xml, [photo('front.png')]);
      expect((await cast().coordinator.post(`${path(id)}/erase`)).status).toBe(204);
      expect((await download(cast().coordinator, id, 'front.png')).status).not.toBe(200);
      expect((await phone().send(xml)).status).toBe(410);
    });
  });

  describe('a draft', () => {
    it('is filled in by the coordinator apart from the form, and never compiled', async () => {
      const changed = {
        ...definition,
        survey: [
          ...definition.survey,
          { type: 'text', name: 'new_one', 'label::Français (fr)': 'Nouvelle' },
        ],
      };
      const draft = await cast().coordinator.put('/v1/forms/shelter/draft', changed);
      expect(draft.body).toMatchObject({
        changes: [expect.objectContaining({ code: 'question-added', question: 'new_one' })],
      });
      const desk = new Collect(cast().anyone.url, cast().coordinator.token ?? '');
      const listed = await desk.formList('?formID=shelter.draft');
      expect(listed).toHaveLength(1);
      expect(await phone().formList('?formID=shelter.draft')).toEqual([]);
      const { id, xml } = filled({ form: 'shelter.draft', name: 'Essai de brouillon' });
      const own = xml.replace(/version="[^"]*"/, `version="${listed[0]?.version ?? ''}"`);
      expect((await phone().send(own)).status).toBe(403);
      expect((await desk.send(own)).status).toBe(201);
      expect((await seen(id, 'shelter.draft')).answers).toMatchObject({
        name: 'Essai de brouillon',
      });
      expect((await cast().coordinator.get(path(id))).status).toBe(404);
      const run = await cast().coordinator.compile();
      expect(run.datasets.map(({ dataset }) => dataset)).not.toContain('shelter.draft');
      const csv = await cast().coordinator.get('/v1/datasets/shelter/files/shelter.csv');
      expect(csv.text).not.toContain('Essai de brouillon');
    });

    it('once published, leaves answers to the version before valid, in a union of columns', async () => {
      const published = await cast().coordinator.post('/v1/forms/shelter/publish');
      expect(published.body).toMatchObject({
        changes: [expect.objectContaining({ code: 'question-added' })],
      });
      const old = filled({ name: 'Ancienne version' });
      expect((await phone().send(old.xml)).status).toBe(201);
      expect((await seen(old.id)).state).toBe('received');
      await cast().member.submit('shelter', 'new-version-1', {
        name: 'Nouvelle version',
        new_one: 'oui',
      });
      await cast().coordinator.compile();
      const csv = await cast().coordinator.get('/v1/datasets/shelter/files/shelter.csv');
      const rows: Record<string, string>[] = parse(csv.text, { bom: true, columns: true });
      const row = (name: string) => rows.find((found) => found['name'] === name);
      expect(row('Ancienne version')).toMatchObject({ beds: '12', new_one: '' });
      expect(row('Nouvelle version')).toMatchObject({ beds: '', new_one: 'oui' });
    });
  });
}
