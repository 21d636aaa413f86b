import { openDatasetFile, readManifest } from '../../shared/dataset/read-datasets.ts';
import { Fault } from '../../shared/fault.ts';
import { audiences } from '../../shared/form/model.ts';
import { named, oneOf, UsageError, word, type Command } from '../command.ts';
import { writeWhole } from '../write-whole.ts';

const joinedOrSplit = ['joined', 'split'] as const;

export const exportDataset: Command = {
  name: 'export',
  usage: [
    'DATASET [--format csv] [--labels fr] [--multiples split] [--audience coordinator] [--version V] [--out FILE]',
  ],
  summary: {
    fr: 'Écrit un fichier d’un jeu de données compilé.',
    en: 'Writes a file of a compiled dataset.',
  },
  options: {
    format: { type: 'string' },
    labels: { type: 'string' },
    multiples: { type: 'string' },
    audience: { type: 'string' },
    version: { type: 'string' },
    out: { type: 'string' },
  },
  run: async (call) => {
    const dataset = word(call, 0, 'DATASET');
    const audience = oneOf(call.value('audience') ?? 'coordinator', audiences, '--audience');
    const version = call.value('version');
    const manifest = await named(
      version ?? dataset,
      readManifest(call.home, dataset, audience, version),
    );
    const files = manifest.audiences[audience]?.files ?? [];
    const wanted = `${dataset}.${call.value('format') ?? 'csv'}`;
    if (!files.some(({ name }) => name === wanted)) {
      const list = files.map(({ name }) => name.slice(dataset.length + 1)).join(', ');
      throw new UsageError({
        fr: `Pas de ${wanted}; les formats de ce jeu: ${list}.`,
        en: `No ${wanted}; this dataset has the formats: ${list}.`,
      });
    }
    const multiples = oneOf(call.value('multiples') ?? 'joined', joinedOrSplit, '--multiples');
    const { key } = await openDatasetFile(call.home, dataset, wanted, audience, manifest.version, {
      ...{ labels: call.value('labels'), multiples },
    });
    const bytes = await call.home.objects.get(key);
    if (bytes === undefined) throw new Fault('store-unavailable');
    const out = call.value('out');
    if (out === undefined) for await (const chunk of bytes) await call.terminal.write(chunk);
    else await writeWhole(out, bytes);
    return 0;
  },
};
