import { canonicalJson } from '../../json.ts';
import type { FormRow, FormRows } from '../form-rows.ts';
import type { VersionPlace } from '../version-place.ts';
import { Combinations, type Levels } from './combination.ts';
import { shortDigest } from './short-digest.ts';
import {
  asDisclosed,
  Disclosure,
  levelsOf,
  namedLevels,
  shownIn,
  takenDown,
  type Decision,
} from './disclosure.ts';
import {
  DisclosedReader,
  disclosedFileName,
  type Disclosed,
  type DisclosedHead,
} from './disclosed-file.ts';
import { EquivalenceClasses, type EntryKey } from './equivalence-classes.ts';
import { exactly } from './generalisation.ts';
import { areWhole } from './keep-public.ts';
import { nextLevels } from './next-levels.ts';
import { riskReport } from './risk-report.ts';
import type { Risk } from './risk.ts';

/** After every public id. */
const last = '\uffff';

/**
 * Decides which records a version of a form's dataset publishes, and how coarse, so that nobody is
 * singled out by quasi-identifiers: in one pass over the records, alongside what the public has seen
 * before. Undefined, without a pass, when no question that the public sees is one.
 */
export async function prepareDisclosure(
  rows: FormRows,
  { before, version }: Pick<VersionPlace, 'before' | 'version'>,
): Promise<Disclosure | undefined> {
  const { identifiers, sensitives, newest } = rows;
  if (identifiers.length === 0) return undefined;
  const combinations = new Combinations(identifiers, sensitives);
  const open = async (): Promise<DisclosedReader | undefined> =>
    DisclosedReader.open(await before.read(disclosedFileName));
  const earlier = await before.manifest();
  if (before.again) {
    const reader = await open();
    const risk = earlier?.risk ?? undefined;
    if (reader === undefined) return takenDown(headOf(rows, combinations), undefined, risk);
    return reader.head.files === 'kept' && !(await areWhole(before))
      ? takenDown(reader.head, reader, risk)
      : asDisclosed(combinations, reader, risk);
  }
  const reader = await open();
  const comparable = canonicalJson(reader?.head.shown ?? {}) === canonicalJson(shownIn(rows));
  const wanted = sensitives.map(({ l }) => l);
  const classes = new EquivalenceClasses(combinations, wanted);
  const levels = reader === undefined ? undefined : levelsOf(combinations, reader.head.levels);
  const past = { comparable, levels };
  const { total, takenBack } = await count(rows, classes, reader, past);
  await reader?.close();
  const { k, maxSuppressed, maxRisk } = newest.settings;
  const aim = { k, total, maxRisk, maxSuppressed: maxSuppressed / 100 };
  const choice = nextLevels(classes, { ...aim, before: levels });
  const risk = riskReport(classes, choice, aim, sensitives);
  const head = headOf(rows, combinations, choice.levels);
  const again = await open();
  const reason = blockedBecause(risk, maxSuppressed);
  if (reason === undefined) {
    const generalisation = combinations.generalisation(choice.levels);
    return new Disclosure(head, generalisation, { ...risk, blocked: null }, again, decide);
  }
  const narrowed = Object.entries(reader?.head.shown ?? {}).some(
    ([name, what]) => head.shown[name] !== what,
  );
  const files = reader?.head.files;
  const isLeft = files !== undefined && files !== 'none' && !takenBack && !narrowed;
  const keeps = isLeft && (await areWhole(before));
  const shows = keeps ? (earlier?.risk?.blocked?.shows ?? earlier?.version ?? null) : null;
  const blocked = { reason, maxSuppressed, shows };
  if (reader === undefined || !keeps) {
    return takenDown(head, again, { ...risk, blocked }, (disclosed) => left(disclosed, version));
  }
  const kept: DisclosedHead = { ...reader.head, files: 'kept' };
  return new Disclosure(kept, exactly, { ...risk, blocked }, again, (_, disclosed) => ({
    isPublished: false,
    disclosed,
  }));

  function decide(row: FormRow, seen: Disclosed | undefined): Decision {
    const out: Decision = {
      isPublished: false,
      disclosed: seen === undefined ? undefined : left(seen, version),
    };
    if (!row.seenBy.public) return out;
    const { key, content } = keyOf(row, classes, seen, past);
    const entry = classes.find(key);
    const name = entry === undefined ? undefined : choice.published.get(entry);
    if (name === undefined) return out;
    const isAsBefore = key.isPublished && seen?.name === name;
    const history = isAsBefore ? seen.history : shortDigest(`${key.history}\n${name}\n${version}`);
    const disclosed = { id: row.row.id, isPublished: true, name, content, history };
    return { isPublished: true, disclosed };
  }
}

/** What the public has seen of a record once it has been left out of this version. */
function left(seen: Disclosed, version: string): Disclosed {
  if (!seen.isPublished) return seen;
  return { ...seen, isPublished: false, history: shortDigest(`${seen.history}\n\n${version}`) };
}

interface Keyed {
  readonly key: EntryKey;
  readonly content: string;
}

/** How what was published before compares with what is now. */
interface Past {
  /** The same questions are published as in the version before. */
  readonly comparable: boolean;
  /** The levels of the version before; undefined: there is none, or they were of other questions. */
  readonly levels: Levels | undefined;
}

/**
 * The entry of a record. Who has been published before and has changed since is not alike any more with
 * those who have not. When other questions are published than before, all have changed: then nobody can
 * be told by that.
 */
function keyOf(
  row: FormRow,
  classes: EquivalenceClasses,
  seen: Disclosed | undefined,
  { comparable, levels }: Past,
): Keyed {
  const { combinations, floors } = classes;
  const content = combinations.contentOf(row);
  const moved =
    seen?.isPublished === true &&
    levels !== undefined &&
    seen.name !== combinations.nameOf(combinations.of(row, levels), levels);
  const hasChanged = comparable && seen !== undefined && (moved || seen.content !== content);
  const history = seen === undefined ? '' : `${seen.history}${hasChanged ? ' changed' : ''}`;
  const isPublished = seen?.isPublished === true && !hasChanged;
  const { k } = row.plan;
  return { key: { cells: combinations.of(row, floors), history, isPublished, k }, content };
}

interface Counted {
  /** Records that may be public. */
  readonly total: number;
  /** A record of the public files may be public no more, or has changed since. */
  readonly takenBack: boolean;
}

async function count(
  rows: FormRows,
  classes: EquivalenceClasses,
  reader: DisclosedReader | undefined,
  past: Past,
): Promise<Counted> {
  const { combinations } = classes;
  let total = 0;
  let inFiles = 0;
  let still = 0;
  const ahead = async (id: string): Promise<void> => {
    await reader?.upTo(id);
    for (const { isPublished } of reader?.held() ?? []) if (isPublished) inFiles += 1;
  };
  for await (const batch of rows.batches(ahead)) {
    for (const row of batch) {
      if (!row.seenBy.public) continue;
      const seen = reader?.of(row.row.id);
      total += 1;
      const { key } = keyOf(row, classes, seen, past);
      if (key.isPublished) still += 1;
      classes.add(key, combinations.sensitiveOf(row));
    }
  }
  await ahead(last);
  return { total, takenBack: inFiles !== still };
}

function headOf(
  rows: FormRows,
  combinations: Combinations,
  levels: Levels = combinations.identifiers.map(() => 0),
): DisclosedHead {
  return { levels: namedLevels(combinations, levels), shown: shownIn(rows), files: 'own' };
}

/** Why a version would publish too little, or at too great a risk; undefined: it may be published. */
function blockedBecause(
  { suppressedShare, globalRisk }: Omit<Risk, 'blocked'>,
  maxSuppressed: number,
): NonNullable<Risk['blocked']>['reason'] | undefined {
  if (suppressedShare * 100 > maxSuppressed) {
    const [share, most] = [percent(suppressedShare), percent(maxSuppressed / 100)];
    return {
      fr: `Il faudrait retenir ${share.fr} des réponses publiques ; la fiche en admet ${most.fr} (max_suppressed).`,
      en: `${share.en} of the public records would be withheld; the form takes ${most.en} (max_suppressed).`,
    };
  }
  if (globalRisk === undefined || globalRisk.after <= globalRisk.max) return undefined;
  const [risk, most] = [percent(globalRisk.after), percent(globalRisk.max)];
  return {
    fr: `Le risque global de ré-identification serait de ${risk.fr} ; la fiche admet ${most.fr} (max_risk).`,
    en: `The global re-identification risk would be ${risk.en}; the form takes ${most.en} (max_risk).`,
  };
}

function percent(share: number): { readonly fr: string; readonly en: string } {
  const text = String(Number((share * 100).toFixed(1)));
  return { fr: `${text.replace('.', ',')}\u00a0%`, en: `${text}\u00a0%` };
}
