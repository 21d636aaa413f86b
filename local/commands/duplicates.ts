import { randomUUID } from 'node:crypto';
import { readDuplicates, type LikelyPair } from '../../shared/dataset/derived/read-duplicates.ts';
import {
  AliasDecision,
  deleteAlias,
  listAliases,
  namedKinds,
  putAlias,
} from '../../shared/deduplication/same-as.ts';
import { named, oneOf, UsageError, word, type Call, type Command } from '../command.ts';

export const duplicates: Command = {
  name: 'duplicates',
  usage: [
    '[list]',
    'aliases',
    'same NAME CANONICAL [--kind organisation|initiative]',
    'different NAME OTHER [--kind organisation|initiative]',
    'forget ALIAS_ID',
  ],
  summary: {
    fr: 'Montre les noms qui sont probablement ceux d’une même organisation ou initiative, et retient ce qui en est décidé.',
    en: 'Shows names that are likely to be of one organisation or initiative, and keeps what is decided about them.',
  },
  options: { kind: { type: 'string' } },
  run: async (call) => {
    const actions = ['list', 'aliases', 'same', 'different', 'forget'] as const;
    const action = oneOf(call.words[0] ?? 'list', actions, 'duplicates');
    const { registry } = call.home;
    if (action === 'list') await list(call);
    else if (action === 'aliases') {
      for (const { id, kind, name, canonical, verdict } of await listAliases(registry)) {
        call.terminal.out([id, kind, verdict, name, canonical].join('\t'));
      }
    } else if (action === 'forget') {
      const id = word(call, 1, 'ALIAS_ID');
      await named(id, deleteAlias(registry, id));
    } else {
      const { id } = await putAlias(registry, randomUUID(), decisionOf(call, action));
      call.terminal.out(id);
    }
    return 0;
  },
};

function decisionOf(call: Call, verdict: AliasDecision['verdict']): AliasDecision {
  const decision = AliasDecision.safeParse({
    kind: oneOf(call.value('kind') ?? 'organisation', namedKinds, '--kind'),
    name: word(call, 1, 'NAME'),
    canonical: word(call, 2, verdict === 'same' ? 'CANONICAL' : 'OTHER'),
    verdict,
  });
  if (decision.success) return decision.data;
  throw new UsageError({
    fr: 'Un nom a de 1 à 300 caractères.',
    en: 'A name has 1 to 300 characters.',
  });
}

async function list(call: Call): Promise<void> {
  const { terminal } = call;
  const { items } = await named('duplicates', readDuplicates(call.home));
  const why = ({ reasons }: LikelyPair): string =>
    reasons.map((reason) => reason[terminal.language]).join(' ');
  for (const pair of items) {
    const names = pair.names.map(({ name }) => name);
    terminal.out([pair.score.toFixed(2), pair.kind, ...names, why(pair)].join('\t'));
  }
}
