/**
 * One step of the benches of formats in a process of its own, so that its memory and its processor's
 * time can be read. Words: folder, columns, rows, what to do (`fill`, `publish`, or `share` with the
 * name of one format), names of formats. Prints what it took as JSON.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFormDataset } from '../../shared/dataset/build/form-dataset.ts';
import { readFormInput, type FormInput } from '../../shared/dataset/rows/form-rows.ts';
import type { Format } from '../../shared/dataset/formats/format.ts';
import { formats } from '../../shared/dataset/formats/formats.ts';
import { mergedLines } from '../../shared/dataset/segments/segment-file.ts';
import { VersionWriter } from '../../shared/dataset/versions/version-writer.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { median } from './figures.ts';
import { deflateFloor, floors, type ReadyRows } from './format-floors.ts';
import { sheetsOf } from './sheets-of.ts';
import { clock, fillSurvey, formId, openSurvey } from './survey-dataset.ts';
import { surveyAnswers } from './survey-form.ts';

const [folder = '', columnWord = '', rowWord = '', task = '', names = ''] = process.argv.slice(2);
const [columns, rows] = [Number(columnWord), Number(rowWord)];
const survey = openSurvey(folder, columns, rows);
const runs = 3;
/** Of write-zip.ts. */
const level = 3;

async function inputOf(): Promise<FormInput> {
  const input = await readFormInput(survey.deps, await survey.deps.forms.record(formId));
  if (input === undefined) throw new Error('The bench has no segments.');
  return input;
}

const chosen = formats.filter(({ name }) => names === '' || names.split(',').includes(name));

async function build(input: FormInput, wanted: readonly Format[]): Promise<void> {
  const { objects } = survey.deps;
  const files = new VersionWriter(objects, formId, 'v');
  const nothing = () => Promise.resolve(undefined);
  const before = { again: false, read: nothing, readPublic: nothing, manifest: nothing };
  const cutOff = clock().toISOString();
  const place = { dataset: formId, version: 'v', cutOff, before };
  const built = await buildFormDataset(survey.deps, input, place, files, wanted);
  await files.finish(built.rows);
}

/** Milliseconds of the processor, in all threads: others are at work on the same machine. */
async function cpuMs(act: () => Promise<unknown> | number): Promise<number> {
  globalThis.gc?.();
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** What every format's pass costs that is no format's: reading and parsing the lines. */
async function parse(input: FormInput): Promise<void> {
  for await (const lines of mergedLines(survey.deps.objects, input.segments)) {
    for (const line of lines) JSON.parse(line);
  }
}

const isSeenBy = {
  coordinator: () => true,
  members: (index: number) => index % 3 !== 0,
  public: (index: number) => index % 3 === 2,
} as const;

function readyRows(): readonly ReadyRows[] {
  return Object.values(isSeenBy).map((isSeen): ReadyRows => {
    const questions = Array.from({ length: columns }, (_, index) => index).filter(isSeen);
    const seen = [...questions.map((index) => `q${index}`), 'place'];
    const records = Array.from({ length: rows }, (_, row) => {
      const all: JsonValue = JSON.parse(JSON.stringify(surveyAnswers(columns, row))) as JsonValue;
      const given: JsonObject = isJsonObject(all) ? all : {};
      const answers = Object.fromEntries(seen.map((name) => [name, given[name] ?? null]));
      const at = clock().toISOString();
      const about = { id: `bench-${row}`, organisation: 'ong-1', formVersion: '1' };
      return { ...about, state: 'accepted', receivedAt: at, updatedAt: at, answers };
    });
    return { names: seen, records };
  });
}

/** The bytes of the files of one format, by key. */
async function filesOf(input: FormInput, ending: string): Promise<ReadonlyMap<string, Buffer>> {
  const pieces = new Map<string, Uint8Array[]>();
  survey.deps.objects.onBytes = (key, bytes) => {
    if (!key.endsWith(ending)) return;
    pieces.set(key, [...(pieces.get(key) ?? []), bytes]);
  };
  await build(input, chosen);
  survey.deps.objects.onBytes = () => undefined;
  return new Map([...pieces].map(([key, parts]) => [key, Buffer.concat(parts)]));
}

/** What makes the floor of the chosen format; undefined: it is measured elsewhere. */
async function floorOf(input: FormInput): Promise<(() => Promise<unknown> | number) | undefined> {
  if (names === 'csv' || names === 'ndjson' || names === 'json' || names === 'geojson') {
    const ready = readyRows();
    return () => ready.reduce((sum, each) => sum + floors[names](each), 0);
  }
  if (names === 'xlsx') {
    const sheets = [...(await filesOf(input, '.xlsx')).values()].flatMap(sheetsOf);
    return () => deflateFloor(sheets, level);
  }
  for (const [key, bytes] of await filesOf(input, '.parquet')) {
    await writeFile(join(folder, key.replaceAll('/', '-')), bytes);
  }
  return undefined;
}

async function share(): Promise<object> {
  const input = await inputOf();
  const times = { parse: [] as number[], format: [] as number[], floor: [] as number[] };
  for (let run = 0; run <= runs; run += 1) {
    const parsed = await cpuMs(() => parse(input));
    const written = await cpuMs(() => build(input, chosen));
    // The first one is for the compiler.
    if (run === 0) continue;
    times.parse.push(parsed);
    times.format.push(written);
  }
  // Only now: the parsed rows of the floor fill a heap that would be walked in the runs above.
  const floor = await floorOf(input);
  for (let run = 0; run <= runs && floor !== undefined; run += 1) {
    const least = await cpuMs(floor);
    if (run > 0) times.floor.push(least);
  }
  const [parsed, written, least] = [times.parse, times.format, times.floor].map(median);
  return { parseMs: parsed, formatMs: written, floorMs: floor === undefined ? null : least };
}

async function publish(): Promise<object> {
  const input = await inputOf();
  const began = performance.now();
  const cpu = await cpuMs(() => build(input, chosen));
  return {
    ms: performance.now() - began,
    cpuMs: cpu,
    residentMb: process.resourceUsage().maxRSS / 1024,
    bytes: survey.deps.objects.written(''),
  };
}

async function fill(): Promise<object> {
  await fillSurvey(survey, columns);
  return {};
}

const result = await (task === 'fill' ? fill() : task === 'publish' ? publish() : share());
survey.close();
process.stdout.write(JSON.stringify(result));
