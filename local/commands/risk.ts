import { riskSvg } from '../../shared/dataset/disclosure/risk-svg.ts';
import type { Risk } from '../../shared/dataset/versions/disclosure-risk.ts';
import { previewRisk, type NoRisk } from '../../shared/dataset/publish/preview-risk.ts';
import { readManifest } from '../../shared/dataset/versions/read-datasets.ts';
import { named, word, type Call, type Command } from '../command.ts';
import { noRisk, riskLines } from '../risk-text.ts';
import { writeWhole } from '../write-whole.ts';

export const risk: Command = {
  name: 'risk',
  usage: ['FORM [--draft] [--output FILE.svg]'],
  summary: {
    fr: 'Le risque qu’on retrouve quelqu’un dans ce qui est public, ou le serait avec le brouillon, et ce que coûte chaque question.',
    en: 'The risk that someone is found in what is public, or would be with the draft, and what each question costs.',
  },
  options: { draft: { type: 'boolean' }, output: { type: 'string' } },
  run: async (call) => {
    const { language } = call.terminal;
    const found = await riskOf(call, word(call, 0, 'FORM'));
    if (typeof found === 'string') {
      call.terminal.err(noRisk[found][language]);
      return 0;
    }
    if (found.blocked !== null) call.terminal.err(found.blocked.reason[language]);
    for (const line of riskLines(found, language)) call.terminal.out(line);
    const output = call.value('output');
    if (output !== undefined) await writeWhole(output, [Buffer.from(riskSvg(found, language))]);
    return 0;
  },
};

async function riskOf(call: Call, formId: string): Promise<Risk | NoRisk> {
  if (call.flag('draft')) return named(formId, previewRisk(call.home, formId));
  const manifest = await named(formId, readManifest(call.home, formId, 'coordinator'));
  return manifest.risk ?? 'no-quasi-identifiers';
}
