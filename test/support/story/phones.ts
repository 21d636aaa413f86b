import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Collect, md5, messageOf, sha256, type SentFile } from '../collect.ts';
import type { Cast } from './cast.ts';
import { download, photo, type Filled, type Shelter } from './shelter.ts';

/** Members answer on phones: what ODK Collect does, in its order, over lines that break. */
export function tellPhones(cast: () => Cast, shelter: () => Shelter): void {
  const phone = () => shelter().phone;
  const filled = (parts?: Filled) => shelter().filled(parts);
  const seen = (id: string, form?: string) => shelter().seen(id, form);
  describe('a phone that fetches its forms', () => {
    it('finds those of its audience, each whole, and what they need', async () => {
      const forms = await phone().formList();
      expect(forms.map(({ formID }) => formID)).toContain('shelter');
      expect(forms.map(({ formID }) => formID)).not.toContain('plan-activity');
      for (const form of forms) {
        const got = await phone().follow(form.downloadUrl);
        expect(got.status, form.formID).toBe(200);
        expect(form.hash).toBe(`md5:${md5(got.bytes)}`);
        expect(form.name).not.toBe('');
        expect(got.bytes.toString()).toContain(`version="${form.version}"`);
      }
    });

    it('can ask for one form, and gets its files from the manifest', async () => {
      const [form, ...more] = await phone().formList('?formID=shelter');
      expect(more).toEqual([]);
      expect(await phone().formList('?formID=nothing')).toEqual([]);
      const files = await phone().manifest(form?.manifestUrl ?? '');
      expect(files.map(({ filename }) => filename).sort()).toEqual(['regions.csv', 'yard.png']);
      for (const file of files) {
        const got = await phone().follow(file.downloadUrl);
        expect(got.status).toBe(200);
        expect(file.hash).toBe(`md5:${md5(got.bytes)}`);
      }
      const plain = await phone().formList('?formID=organisation');
      expect(plain[0]?.manifestUrl).toBeUndefined();
    });

    it('hears where it may send, and how much', async () => {
      const { status, headers, body } = await phone().head();
      expect([status, body]).toEqual([204, '']);
      expect(headers.get('x-openrosa-version')).toBe('1.0');
      expect(headers.get('x-openrosa-accept-content-length')).toBe('4000000');
      expect(headers.get('date')).not.toBeNull();
    });

    it('is turned away with a token that is not valid, in words that a person can read', async () => {
      const stranger = new Collect(cast().anyone.url, `${cast().member.token ?? ''}x`);
      const { status, bytes, headers } = await stranger.fetch(`${stranger.base}/formList`);
      expect(status).toBe(401);
      expect(messageOf({ status, headers, text: bytes.toString() }).message).toContain('jeton');
    });
  });

  describe('a submission over a line that breaks', () => {
    it('arrives whole, whatever is sent again, cut, shuffled or not answered', async () => {
      const files = ['front.png', 'back.png', 'minutes-1.png', 'minutes-2.png'].map(photo);
      const [front, back, one, two] = files as [SentFile, SentFile, SentFile, SentFile];
      const { id, xml } = filled({
        front: front.name,
        back: back.name,
        minutes: [one.name, two.name],
      });
      await phone().sendOverBrokenLine(xml, [front, back], 0.5);
      const first = await phone().send(xml, [two], true);
      expect([first.status, messageOf(first).nature]).toEqual([201, 'submit_success']);
      expect((await seen(id)).state).toBe('incomplete');
      await phone().sendOverBrokenLine(xml, [front], 1);
      await phone().sendOverBrokenLine(xml, [one, back], 0.9);
      const statuses: number[] = [];
      for (const chunk of [[back], [two], [one, two], [front], [front, back], []]) {
        statuses.push((await phone().send(xml, chunk, true)).status);
      }
      expect(statuses.every((status) => status === 201 || status === 202)).toBe(true);
      expect((await phone().send(xml, files)).status).toBe(202);

      const found = await seen(id);
      expect(found.state).toBe('received');
      expect(found.answers).toMatchObject({
        name: 'Accueil & repos',
        phone: '+221770000000',
        beds: 12,
      });
      expect(found.attachments.map(({ file, state }) => `${file} ${state}`).sort()).toEqual(
        files.map(({ name }) => `${name} stored`).sort(),
      );
      for (const file of files) {
        const got = await download(cast().member, id, file.name);
        expect(got.status).toBe(200);
        expect(sha256(got.bytes)).toBe(sha256(file.bytes));
        expect(found.attachments).toContainEqual(
          expect.objectContaining({ file: file.name, sha256: sha256(file.bytes) }),
        );
        expect(got.headers.get('content-disposition')).toMatch(/^attachment/);
      }
    });

    it('sent thirty times at once, in chunks in any order, is one record', async () => {
      const files = ['front.png', 'back.png'].map(photo);
      const { id, xml } = filled({ front: 'front.png', back: 'back.png' });
      const chunks = Array.from({ length: 30 }, (_, index) =>
        index % 3 === 0 ? files : files.slice(index % 2, (index % 2) + 1),
      );
      const sent = await Promise.all(chunks.map((chunk) => phone().send(xml, chunk)));
      expect(sent.filter(({ status }) => status !== 201 && status !== 202)).toEqual([]);
      const found = await seen(id);
      expect(found.state).toBe('received');
      const listed = await cast().coordinator.all('/v1/forms/shelter/submissions');
      expect(listed.filter((item) => item['instanceId'] === id)).toHaveLength(1);
      for (const file of files) {
        const got = await download(cast().member, id, file.name);
        expect(sha256(got.bytes)).toBe(sha256(file.bytes));
      }
    });
  });

  describe('what does not fit together', () => {
    it('other answers under the same instanceID: 409, the first untouched, the second in quarantine', async () => {
      const { id, xml } = filled();
      expect((await phone().send(xml)).status).toBe(201);
      const before = await seen(id);
      const second = await phone().send(filled({ id, name: 'Un autre lieu' }).xml);
      expect(second.status).toBe(409);
      expect(messageOf(second).message).not.toBe('');
      expect(await seen(id)).toEqual(before);
      const kept = await cast().coordinator.all('/v1/forms/shelter/quarantine');
      expect(JSON.stringify(kept.filter((item) => item['instanceId'] === id))).toContain(
        'Un autre lieu',
      );
      expect((await phone().send(xml)).status).toBe(202);
    });

    it('other bytes under the name of a file that is there: 409, the first untouched', async () => {
      const { id, xml } = filled({ front: 'front.png' });
      const first = photo('front.png');
      expect((await phone().send(xml, [first])).status).toBe(201);
      expect((await phone().send(xml, [photo('front.png')])).status).toBe(409);
      const got = await download(cast().member, id, 'front.png');
      expect(sha256(got.bytes)).toBe(sha256(first.bytes));
    });

    it.each([
      [
        'no instanceID',
        (xml: string) => xml.replace(/<orx:instanceID>.*<\/orx:instanceID>/, ''),
        400,
      ],
      [
        'a DOCTYPE',
        (xml: string) => xml.replace('<data', '<!DOCTYPE data [<!ENTITY a "b">]><data'),
        400,
      ],
      ['XML that breaks off', (xml: string) => xml.slice(0, -20), 400],
      [
        'a form that is not there',
        (xml: string) => xml.replace('id="shelter"', 'id="nowhere"'),
        404,
      ],
      [
        'a form of the coordinator',
        (xml: string) => xml.replace('id="shelter"', 'id="plan-activity"'),
        403,
      ],
    ])('%s is refused in OpenRosa’s words', async (_, change, status) => {
      const sent = await phone().send(change(filled().xml));
      expect(sent.status, sent.text).toBe(status);
      expect(messageOf(sent).nature).toBe('submit_error');
      expect(sent.headers.get('x-openrosa-version')).toBe('1.0');
    });

    it('answers that break the form are taken and flagged: a phone cannot correct them', async () => {
      const { id, xml } = filled({ beds: '4000' });
      expect((await phone().send(xml)).status).toBe(201);
      const found = await seen(id);
      expect(found.state).toBe('has-issues');
      expect(found.issues).toContainEqual(
        expect.objectContaining({ pointer: '/answers/beds', code: 'constraint' }),
      );
      const json = await cast().member.submit('shelter', 'json-too-many', {
        name: 'x',
        beds: 4000,
      });
      expect(json.status).toBe(422);
    });
  });

  describe('an edit on the phone', () => {
    it('replaces what it names, once; an unknown one is 404, one that is not current 409', async () => {
      const first = filled({ name: 'Avant' });
      await phone().send(first.xml);
      const edit = filled({ name: 'Après', deprecated: first.id });
      expect((await phone().send(edit.xml)).status).toBe(201);
      expect((await phone().send(edit.xml)).status).toBe(202);
      expect((await seen(first.id)).answers).toMatchObject({ name: 'Après' });
      const late = filled({ name: 'Trop tard', deprecated: first.id });
      expect((await phone().send(late.xml)).status).toBe(409);
      const again = filled({ name: 'Encore', deprecated: edit.id });
      expect((await phone().send(again.xml)).status).toBe(201);
      expect((await seen(first.id)).answers).toMatchObject({ name: 'Encore' });
      const unknown = filled({ deprecated: `uuid:${randomUUID()}` });
      expect((await phone().send(unknown.xml)).status).toBe(404);
      const foreign = new Collect(cast().anyone.url, cast().other.token ?? '');
      const theft = filled({ name: 'Volé', deprecated: again.id });
      expect((await foreign.send(theft.xml)).status).toBe(404);
    });
  });
}
