import * as z from 'zod';
import type { Audience } from '../../form/model.ts';
import type { Format, FormatContext, FormatWriter } from '../formats/format.ts';
import type { Manifest } from '../versions/version-manifest.ts';
import { PublishError } from '../versions/version-writer.ts';
import type { BuildState } from './part-state.ts';
import type { PartWriter } from './part-writer.ts';

/** How a dataset is made that is too large for one pass. */
export interface Parts {
  readonly count: number;
  /** Records of each part; the last one has those that are left. */
  readonly rows: number;
}

/** One of the parts in which a dataset is made. */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly isLast: boolean;
  readonly rows: number;
  /** What the part before has come to; undefined: this is the first. */
  readonly state: BuildState | undefined;
  readonly files: PartWriter;
}

/** A file that is not made. */
export type Omitted = Manifest['omitted'][number];

const reason = {
  fr: 'Trop de données pour ce format : elles sont dans les autres fichiers.',
  en: 'Too much data for this format: it is in the other files.',
};

/** Opens a format's files as a part has them. Undefined: it has none; what it should have is noted. */
export function openInPart(
  { number, state, files }: Part,
  { name, inParts, open }: Format,
  context: FormatContext,
  omitted: Omitted[],
): FormatWriter | undefined {
  const { audience } = context.tables;
  if (typeof inParts === 'object') {
    const names = inParts.omitted(context);
    omitted.push(...names.map((file) => ({ audience, file, reason })));
    return undefined;
  }
  if (inParts === 'files') {
    return open({
      ...context,
      part: number,
      open: (file, mediaType) => files.openWhole(audience, file, mediaType),
    });
  }
  const formats = new Map(Object.entries(state?.formats ?? {}));
  const resumed = formats.get(`${audience}/${name}`);
  return open(resumed === undefined ? context : { ...context, resumed });
}

/** What is written for an audience. */
interface PartOutput {
  readonly audience: Audience;
  readonly writers: readonly FormatWriter[];
  /** Of the writers, in their order. */
  readonly formats: readonly Format[];
  /** That the parts before have written. */
  readonly rowsBefore: number;
  readonly rows: number;
}

/** Ends what this part alone has, and says how the next one goes on with the rest. */
export async function endPart(
  outputs: readonly PartOutput[],
  { lastId, records, withheld, signed }: Omit<BuildState, 'rows' | 'formats'>,
): Promise<BuildState> {
  const formats: [string, BuildState['formats'][string]][] = [];
  for (const output of outputs) {
    for (const [index, format] of output.formats.entries()) {
      const writer = output.writers[index];
      if (writer === undefined) continue;
      if (format.inParts === 'files') await endWriter(output, format, writer);
      else formats.push([`${output.audience}/${format.name}`, savedBy(format, writer)]);
    }
  }
  const rows = Object.fromEntries(outputs.map((output) => [output.audience, output.rows]));
  return { lastId, records, withheld, signed, rows, formats: Object.fromEntries(formats) };
}

function savedBy({ name }: Format, writer: FormatWriter): BuildState['formats'][string] {
  if (writer.save === undefined) throw new TypeError(`${name} cannot be written in parts.`);
  return z.json().parse(writer.save());
}

/** Ends all files. Throws PublishError when a format has not every row. */
export async function endWriters(output: PartOutput): Promise<void> {
  for (const [index, writer] of output.writers.entries()) {
    await endWriter(output, output.formats[index], writer);
  }
}

async function endWriter(
  { audience, rows, rowsBefore }: PartOutput,
  format: Format | undefined,
  writer: FormatWriter,
): Promise<void> {
  const written = await writer.end();
  const wanted = format?.inParts === 'files' ? rows - rowsBefore : rows;
  if (written !== wanted) {
    throw new PublishError(`A file for ${audience} has ${written} rows of ${wanted}.`);
  }
}
