import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { Client, joinNetwork } from '../support/client.ts';
import { Collect, type SentFile } from '../support/collect.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';

const rounds = 6;
const phones = 6;
const places = ['front', 'back', 'side'] as const;

const definition = {
  survey: [
    { type: 'text', name: 'title', label: 'Titre' },
    ...places.map((name) => ({ type: 'file', name, label: name })),
  ],
  choices: [],
  settings: { form_title: 'Photos', version: '1' },
};

let server: RunningServer | undefined;
let home: string | undefined;
afterAll(async () => {
  await server?.kill();
  if (home !== undefined) await rm(home, { recursive: true, force: true });
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A filled form and its files: made of its id, so that nothing has to be remembered of it. */
function filled(id: string): { xml: string; files: SentFile[] } {
  const files = places.map((place, index) => ({
    name: `${place}.txt`,
    type: 'text/plain',
    bytes: Buffer.from(`${place} of ${id}\n`.repeat(200 * (index + 1) ** 3)),
  }));
  const named = places.map((place) => `<${place}>${place}.txt</${place}>`).join('');
  const meta = `<orx:meta><orx:instanceID>${id}</orx:instanceID></orx:meta>`;
  const xmlns = 'xmlns:orx="http://openrosa.org/xforms"';
  const xml = `<data id="photos" version="1" ${xmlns}><title>${id}</title>${named}${meta}</data>`;
  return { xml, files };
}

describe('kill -9 of the server while phones send files', () => {
  it('loses no submission and no byte of a file that was acknowledged', async () => {
    let running = await startServer();
    server = running;
    home = running.home;
    const { coordinatorToken } = running;
    const first = new Client(running.url, coordinatorToken);
    const { client } = await joinNetwork(first, 'ong-alpha', 'ONG Alpha');
    await first.put('/v1/forms/photos/draft', definition);
    await first.post('/v1/forms/photos/publish');
    const token = client.token ?? '';
    /** By instanceID, the names of the files that were acknowledged. */
    const acknowledged = new Map<string, Set<string>>();

    for (let round = 0; round < rounds; round += 1) {
      const current = running;
      const phone = new Collect(current.url, token);
      let killed: Promise<void> | undefined;
      let sent = 0;
      const chunk = async (id: string, files: readonly SentFile[]): Promise<void> => {
        try {
          const { status } = await phone.send(filled(id).xml, files, true);
          expect([201, 202]).toContain(status);
          const known = acknowledged.get(id) ?? new Set();
          acknowledged.set(id, new Set([...known, ...files.map(({ name }) => name)]));
        } catch (error) {
          if (killed === undefined) throw error;
        }
        sent += 1;
        if (sent >= 15 + 7 * round) killed ??= current.kill('SIGKILL');
      };
      const send = async (writer: number): Promise<void> => {
        for (let index = 0; killed === undefined; index += 1) {
          const id = `uuid:kill-${round}-${writer}-${index}`;
          const [front, ...others] = filled(id).files;
          await chunk(id, front === undefined ? [] : [front]);
          await Promise.all(others.map((file) => chunk(id, [file])));
        }
      };
      await Promise.all(Array.from({ length: phones }, (_, writer) => send(writer)));
      await killed;
      running = await startServer({ home });
      server = running;
    }

    const coordinator = new Client(running.url, coordinatorToken);
    const phone = new Collect(running.url, token);
    expect(acknowledged.size).toBeGreaterThan(rounds * 5);
    const get = (id: string, more = '') =>
      coordinator.download(`/v1/forms/photos/submissions/${encodeURIComponent(id)}${more}`);
    for (const [id, names] of acknowledged) {
      const { xml, files } = filled(id);
      for (const { name, bytes } of files.filter(({ name }) => names.has(name))) {
        const got = await get(id, `/attachments/${name}`);
        expect([id, name, sha256(got.bytes)]).toEqual([id, name, sha256(bytes)]);
      }
      if (names.size < places.length) {
        expect(JSON.parse((await get(id)).bytes.toString())).toMatchObject({ formId: 'photos' });
      }
      expect([201, 202]).toContain((await phone.send(xml, files)).status);
      expect(JSON.parse((await get(id)).bytes.toString())).toMatchObject({ state: 'received' });
    }
    expect((await coordinator.compile()).state).toBe('done');
  });
});
