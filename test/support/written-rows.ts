import { buffer } from 'node:stream/consumers';
import { FileSink } from '../../shared/zip/file-sink.ts';
import { fileLanguages } from '../../shared/dataset/rows/file-languages.ts';
import {
  AudienceRow,
  tableNumbers,
  type AudienceTables,
} from '../../shared/dataset/rows/audience-row.ts';
import { type Format } from '../../shared/dataset/formats/format.ts';
import { Instance } from '../../shared/dataset/rows/row-instance.ts';
import { layoutOf, scopesOf } from '../../shared/dataset/rows/layout.ts';
import { readerOf } from '../../shared/dataset/rows/answer-reader.ts';
import { Selections, tablesOf, viewOf } from '../../shared/dataset/rows/audience-view.ts';
import { compileForm } from '../../shared/form/compile/compile-form.ts';
import type { Audience } from '../../shared/form/model.ts';
import type { FormDefinition } from '../../shared/form/definition.ts';
import type { JsonObject } from '../../shared/json.ts';

/** A form's records as an audience is shown them. */
export interface ShownRecords {
  readonly tables: AudienceTables;
  /** Each good until the next one is asked for, as in a publish. */
  readonly rows: () => Iterable<AudienceRow>;
}

/** Records of a form of one version as an audience sees them, by the id that it knows them by. */
export function shownRecords(
  form: Pick<FormDefinition, 'survey' | 'choices'>,
  settings: FormDefinition['settings'],
  audience: Audience,
  records: ReadonlyMap<string, JsonObject>,
): ShownRecords {
  const whole = { ...form, settings: { form_title: 'F', version: '1', ...settings } };
  const { asStored: model } = compileForm('f', whole, new Map());
  const layout = layoutOf([model]);
  const view = viewOf(model, layout, audience, new Selections());
  const [main, ...repeats] = tablesOf(layout, audience);
  if (main === undefined) throw new Error('A form without tables.');
  const placed = scopesOf(layout).find(({ fields }) => fields.some(({ geometry }) => geometry));
  const tables: AudienceTables = {
    audience,
    main,
    repeats,
    numbers: tableNumbers([main, ...repeats]),
    meta: [{ header: 'id', member: 'id', kind: 'text' }],
    languages: fileLanguages(['fr', 'en']),
    geometryScope: view.geometry.slot === 0 ? undefined : placed,
  };
  const read = readerOf(model, layout);
  const instance = new Instance(layout);
  return {
    tables,
    *rows() {
      for (const [id, answers] of records) {
        instance.clear();
        read(answers, instance);
        yield AudienceRow.ofRecord({
          tables,
          id,
          instance,
          view,
          leads: [{ value: id, csv: id, json: JSON.stringify(id) }],
          stored: audience === 'coordinator' ? JSON.stringify(answers) : undefined,
        });
      }
    },
  };
}

/** The files, by name, that a format makes of records; undefined: it has none for them. */
export async function writtenBy(
  { open }: Format,
  { tables, rows }: ShownRecords,
): Promise<ReadonlyMap<string, Buffer> | undefined> {
  const [sinks, bodies]: [FileSink[], [string, Promise<Buffer>][]] = [[], []];
  const openSink = (name: string, mediaType: string): FileSink => {
    const sink = new FileSink(name, mediaType);
    sinks.push(sink);
    bodies.push([name, buffer(sink)]);
    return sink;
  };
  const head = { dataset: 'f', version: 'v', cutOff: '2026-01-15', title: {}, license: null };
  const writer = open({
    head,
    tables,
    open: openSink,
    internal: openSink,
    body: ({ name, body }) => {
      bodies.push([name, buffer(body)]);
      return { rows: 0 };
    },
  });
  if (writer === undefined) return undefined;
  for (const row of rows()) {
    writer.row(row);
    await writer.drained?.();
  }
  await writer.end();
  for (const sink of sinks) sink.end();
  const files = bodies.map(async ([name, bytes]) => [name, await bytes] as const);
  return new Map(await Promise.all(files));
}
