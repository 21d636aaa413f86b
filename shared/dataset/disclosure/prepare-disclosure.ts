import type { FormRow, FormRows } from '../form-rows.ts';
import type { Before } from '../version-place.ts';
import { Combinations, type Levels } from './combination.ts';
import { CombinationTable } from './combination-table.ts';
import {
  asTold,
  Disclosure,
  levelsOf,
  namedLevels,
  rungsOf,
  shownBefore,
  takenDown,
  tellingNothing,
  type Decision,
} from './disclosure.ts';
import { areWhole } from './keep-public.ts';
import { nextLevels } from './next-levels.ts';
import type { History } from './reveal.ts';
import { riskReport } from './risk-report.ts';
import type { Risk } from './risk.ts';
import { ToldReader, toldFileName, type Told, type ToldHead } from './told-file.ts';

/** Levels of so many earlier versions are remembered: records told of before that are taken for told of otherwise. */
const longestHistory = 8;
/** After every id. */
const last = '\uffff';

/**
 * Decides what a version of a form's dataset tells the public of records that their quasi-identifiers,
 * taken together, would single out: in one pass over the records, alongside what the version before
 * told. Undefined, without a pass, when no question that the public sees is one.
 */
export async function prepareDisclosure(
  rows: FormRows,
  before: Before,
): Promise<Disclosure | undefined> {
  const { identifiers, layout, newest } = rows;
  if (identifiers.length === 0) return undefined;
  const combinations = new Combinations(identifiers, layout);
  const open = async (): Promise<ToldReader | undefined> =>
    ToldReader.open(await before.read(toldFileName));
  const earlier = await before.manifest();
  if (before.again) {
    const reader = await open();
    const risk = earlier?.risk ?? undefined;
    if (reader === undefined) return tellingNothing(rows, combinations, risk);
    return reader.head.files === 'kept' && !(await areWhole(before))
      ? takenDown(reader.head, reader, risk)
      : asTold(combinations, reader, risk);
  }
  const reader = await open();
  const table = new CombinationTable(combinations);
  const { total, takenBack } = await count(rows, table, reader);
  await reader?.close();
  const { k, maxSuppressed } = newest.settings;
  const [levels, ...history] = historyOf(combinations, reader?.head);
  const past = { before: levels, history: levels === undefined ? [] : [levels, ...history] };
  const choice = nextLevels(table, { k, total, ...past });
  const risk = riskReport(table, choice, { k, rows: total });
  const head: ToldHead = {
    levels: namedLevels(combinations, choice.levels),
    history: past.history.slice(0, longestHistory).map((past) => namedLevels(combinations, past)),
    shown: shownBefore(rows),
    files: 'own',
  };
  const again = await open();
  if (risk.suppressedShare * 100 <= maxSuppressed) {
    const rungs = rungsOf(combinations, choice.levels);
    return new Disclosure(head, rungs, { ...risk, blocked: null }, again, decide);
  }
  const narrowed = Object.entries(reader?.head.shown ?? {}).some(
    ([name, what]) => head.shown[name] !== what,
  );
  const last = reader?.head.files;
  const isLeft = last !== undefined && last !== 'none' && !takenBack && !narrowed;
  const keeps = isLeft && (await areWhole(before));
  const shows = keeps ? (earlier?.risk?.blocked?.shows ?? earlier?.version ?? null) : null;
  const blocked = blockedBy(risk.suppressedShare * 100, maxSuppressed, shows);
  if (reader === undefined || !keeps) {
    return takenDown(reader?.head ?? head, again, { ...risk, blocked });
  }
  const kept: ToldHead = { ...reader.head, files: 'kept' };
  return new Disclosure(kept, new Map(), { ...risk, blocked }, again, (_, told) => ({
    verdict: 'absent',
    told,
  }));

  function decide(row: FormRow, told: Told | undefined): Decision {
    const { id, revision } = row.row;
    const { shownAs = '', toldAs = '' } = told ?? {};
    if (!row.seenBy.public) {
      const kept = toldAs === '' ? undefined : { id, revision: 0, shownAs: '', toldAs };
      return { verdict: 'absent', told: kept };
    }
    const entry = table.find(combinations.of(row.instance, table.floors), shownAs, toldAs);
    const shown = entry === undefined ? undefined : choice.revealed.get(entry);
    if (shown === undefined) {
      return { verdict: 'withheld', told: { id, revision, shownAs: '', toldAs } };
    }
    const { name, isNews } = shown;
    const now = { id, revision, shownAs: name, toldAs: isNews ? name : toldAs };
    return { verdict: 'shown', told: now };
  }
}

interface Counted {
  /** Public records. */
  readonly total: number;
  /** A record of the public files is no longer public, or has changed since. */
  readonly takenBack: boolean;
}

async function count(
  rows: FormRows,
  table: CombinationTable,
  reader: ToldReader | undefined,
): Promise<Counted> {
  let total = 0;
  let inFiles = 0;
  let still = 0;
  const ahead = async (id: string): Promise<void> => {
    await reader?.upTo(id);
    for (const { revision } of reader?.held() ?? []) if (revision > 0) inFiles += 1;
  };
  for await (const batch of rows.batches(ahead)) {
    for (const row of batch) {
      const told = reader?.of(row.row.id);
      if (!row.seenBy.public) continue;
      total += 1;
      if (told?.revision === row.row.revision) still += 1;
      const cells = table.combinations.of(row.instance, table.floors);
      table.add(cells, told?.shownAs ?? '', told?.toldAs ?? '');
    }
  }
  await ahead(last);
  return { total, takenBack: inFiles !== still };
}

/** The levels of the version before and of those before it, as long as they are of the same questions. */
function historyOf(combinations: Combinations, head: ToldHead | undefined): History {
  if (head === undefined) return [];
  const before: Levels | undefined = levelsOf(combinations, head.levels);
  if (before === undefined) return [];
  return [
    before,
    ...head.history.flatMap((named) => {
      const levels = levelsOf(combinations, named);
      return levels === undefined ? [] : [levels];
    }),
  ];
}

function blockedBy(
  share: number,
  maxSuppressed: number,
  shows: string | null,
): NonNullable<Risk['blocked']> {
  const percent = share.toFixed(1);
  return {
    reason: {
      fr: `Il faudrait retenir ${percent.replace('.', ',')} % des réponses publiques ; la fiche en admet ${String(maxSuppressed).replace('.', ',')} % (max_suppressed).`,
      en: `${percent} % of the public records would be withheld; the form takes ${maxSuppressed} % (max_suppressed).`,
    },
    maxSuppressed,
    shows,
  };
}
