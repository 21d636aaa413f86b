import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { riskSvg } from '../../../../../shared/dataset/disclosure/risk-svg.ts';
import type { Risk } from '../../../../../shared/dataset/versions/disclosure-risk.ts';
import { readManifest } from '../../../../../shared/dataset/versions/read-datasets.ts';
import { verify } from '../../../../../shared/dataset/verify/verify-all.ts';
import type { DatasetWorld } from '../../../../support/dataset-world.ts';
import { readXml, type XmlNode } from '../../../../support/read-xml.ts';
import { riskExample } from '../../../../support/risk-example.ts';

const picture = new URL('../../../../../docs/pictures/risk.svg', import.meta.url);

const risk: Risk = {
  k: 5,
  rows: 1240,
  quasiIdentifiers: ['age', 'zone'],
  levels: {},
  sampleUniques: 310,
  before: { '1': 310, '2': 200, '3-4': 150, '5-9': 280, '10+': 300 },
  after: { '1': 0, '2': 0, '3-4': 0, '5-9': 190, '10+': 988 },
  suppressed: 62,
  suppressedShare: 0.05,
  drivers: [{ question: 'age', uniques: 240 }],
  globalRisk: { before: 0.41, after: 0.062, max: 0.2 },
  informationLoss: 0.184,
  identifiers: [
    {
      question: 'age',
      reason: 'marked',
      importance: 5,
      loss: 0.12,
      suppressedIfExact: 412,
      level: { fr: 'tranches de 10', en: 'bands of 10' },
    },
    {
      question: 'zone',
      reason: 'depends',
      importance: 3,
      loss: 0,
      suppressedIfExact: 62,
      level: { fr: 'tel quel', en: 'as it is' },
    },
  ],
  sensitive: [{ question: 'health', l: 2, homogeneous: { before: 12, after: 0 } }],
  blocked: null,
};

function* nodesIn(node: XmlNode): Generator<XmlNode> {
  yield node;
  for (const child of node.children) yield* nodesIn(child);
}

const textsOf = (svg: string): string =>
  [...nodesIn(readXml(svg))].map(({ text }) => text.trim()).join('\n');

describe('the picture of the risk', () => {
  it('says in French what there is to see, and runs nothing', () => {
    const svg = riskSvg(risk);
    const names = new Set([...nodesIn(readXml(svg))].map(({ name }) => name));
    expect([...names].toSorted()).toEqual(
      ['desc', 'g', 'path', 'rect', 'svg', 'text', 'title', 'tspan'].toSorted(),
    );
    const texts = textsOf(svg);
    for (const said of [
      '1 240 réponses qui peuvent être publiques, k = 5',
      'seule : avant 310 réponses, après généralisation et suppression 0 réponse',
      'max_risk 20\u00a0%',
      'HDX 3\u00a0%',
      '62 sur 1 240 (5 %)',
      'perte 12\u00a0%',
      'marquée quasi_identifier, importance : 5',
      '240 réponses de moins seraient seules sans lui',
      'publié tel quel : 350 réponses de plus retenues',
      'Risque global : 41 % avant, 6,2 % après, 20 % au plus.',
    ]) {
      expect(texts).toContain(said);
    }
    expect(svg).toMatch(/role="img" aria-labelledby="titre resume" xml:lang="fr"/);
    // What costs nothing says nothing of it.
    expect(texts.split('\n').filter((line) => line.startsWith('publié tel quel'))).toHaveLength(1);
  });

  it('says the same in English', () => {
    const texts = textsOf(riskSvg(risk, 'en'));
    expect(texts).toContain('alone: before 310\u00a0records');
    expect(texts).toContain('published as it is: 350\u00a0records more left out');
    expect(texts).not.toMatch(/réponse/);
  });

  it('says why nothing is published', () => {
    const reason = { fr: 'Trop < de & réponses.', en: 'Too < many & records.' };
    const blocked = { reason, maxSuppressed: 20, shows: null };
    const texts = textsOf(riskSvg({ ...risk, blocked }));
    expect(texts).toContain('Rien de nouveau n’est publié');
    expect(texts).toContain(reason.fr);
  });

  it('has the names of questions as text, whatever they are, the end of a long one', () => {
    const named = (question: string): Risk => ({
      ...risk,
      identifiers: (risk.identifiers ?? []).map((one) => ({ ...one, question })),
    });
    expect(textsOf(riskSvg(named('<script>&"')))).toContain('<script>&"');
    const long = `${'group/'.repeat(20)}age_at_arrival`;
    expect(textsOf(riskSvg(named(long)))).toMatch(/….*\/age_at_arrival$/m);
  });

  it('shows what versions of before have said', () => {
    const { k, rows, quasiIdentifiers, levels, sampleUniques, before, after } = risk;
    const { suppressed, suppressedShare, drivers, blocked } = risk;
    const texts = textsOf(
      riskSvg({
        k,
        rows,
        quasiIdentifiers,
        levels,
        sampleUniques,
        before,
        after,
        suppressed,
        suppressedShare,
        drivers,
        blocked,
      }),
    );
    expect(texts).toContain('62 sur 1 240');
    expect(texts).not.toContain('Risque global');
  });
});

describe('the picture of a version', () => {
  let world: DatasetWorld;

  beforeAll(async () => {
    world = await riskExample();
  });

  it('is the coordinator’s alone, and as its manifest says', async () => {
    const { risk: told } = await readManifest(world.deps, 'exemple', 'coordinator');
    const svg = await world.file('exemple', 'coordinator', 'exemple.risk.svg');
    expect(told === null ? '' : riskSvg(told)).toBe(svg);
    const others = Object.keys(await world.contents('')).filter((key) => key.endsWith('.risk.svg'));
    expect(others).toEqual([expect.stringContaining('/coordinator/exemple.risk.svg')]);
    const described = await world.file('exemple', 'coordinator', 'exemple.datapackage.json');
    expect(described).toContain('"path":"exemple.risk.svg"');
    expect((await verify(world.deps)).drift).toEqual([]);
  });

  it('is the one of docs/privacy.md', async () => {
    expect(
      await readFile(picture, 'utf8'),
      'Put the new picture into docs/pictures/risk.svg and look at it.',
    ).toBe(await world.file('exemple', 'coordinator', 'exemple.risk.svg'));
  });
});
