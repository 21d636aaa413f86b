import { attachmentsArchive } from '../../shared/dataset/archive/attachments-archive.ts';
import { openDatasetFile, readManifest } from '../../shared/dataset/versions/read-datasets.ts';
import { Fault } from '../../shared/fault.ts';
import { audiences, type Audience } from '../../shared/form/model.ts';
import { named, oneOf, UsageError, word, type Call, type Command, writeWhole } from '../command.ts';
import { progressOf } from '../progress-bar.ts';

const joinedOrSplit = ['joined', 'split'] as const;

export const exportDataset: Command = {
  name: 'export',
  usage: [
    'DATASET [--format csv] [--labels fr] [--multiples split] [--audience coordinator] [--version V] [--out FILE]',
    'DATASET --format attachments.zip [--audience coordinator|members] [--out FILE]',
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
    if (call.value('format') === attachmentsFormat) {
      await exportAttachments(call, dataset, audience);
      return 0;
    }
    const manifest = await named(
      version ?? dataset,
      readManifest(call.home, dataset, audience, version),
    );
    const files = manifest.audiences[audience]?.files ?? [];
    const wanted = `${dataset}.${call.value('format') ?? 'csv'}`;
    if (!files.some(({ name }) => name === wanted)) {
      const list = files.map(({ name }) => name.slice(dataset.length + 1)).join(', ');
      throw new UsageError({
        fr: `Pas de ${wanted} ; les formats de ce jeu : ${list}.`,
        en: `No ${wanted}; this dataset has the formats: ${list}.`,
      });
    }
    const multiples = oneOf(call.value('multiples') ?? 'joined', joinedOrSplit, '--multiples');
    const { key } = await openDatasetFile(call.home, dataset, wanted, audience, manifest.version, {
      labels: call.value('labels'),
      multiples,
    });
    const bytes = await call.home.objects.get(key);
    if (bytes === undefined) throw new Fault('store-unavailable');
    await writeOut(call, bytes);
    return 0;
  },
};

const attachmentsFormat = 'attachments.zip';

async function writeOut(call: Call, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const out = call.value('out');
  if (out === undefined) for await (const chunk of bytes) await call.terminal.write(chunk);
  else await writeWhole(out, bytes);
}

/** The files that the records name. Which of them are there, their manifest says. */
async function exportAttachments(call: Call, dataset: string, audience: Audience): Promise<void> {
  if (audience === 'public' || call.value('version') !== undefined) {
    throw new UsageError({
      fr: `${attachmentsFormat} : pour les membres ou la coordination, et de la version en cours seulement.`,
      en: `${attachmentsFormat}: for members or the coordinator, and of the current version only.`,
    });
  }
  const progress = progressOf(call.terminal, { fr: 'Pièces jointes', en: 'Attachments' });
  try {
    const archive = attachmentsArchive(call.home, {
      dataset,
      audience,
      progress: (done, of) => {
        progress.at(done, of);
      },
    });
    await writeOut(call, await named(dataset, archive));
  } finally {
    progress.end();
  }
}
