import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../../json.ts';
import { type FormRow, type FormRows, digest } from '../rows/form-rows.ts';
import { scopesOf } from '../rows/layout.ts';
import type { VersionPlace } from '../versions/version-place.ts';
import { Selections, viewOf } from '../rows/audience-view.ts';
import { QuasiIdentifiers, contentIn, type Levels } from './quasi-identifiers.ts';
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
import { exactly } from '../rows/identifiers.ts';
import { areWhole } from './keep-public.ts';
import { nextLevels } from './choose-levels.ts';
import { riskReport } from './risk-report.ts';
import type { Risk } from '../versions/disclosure-risk.ts';

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
  const quasiIdentifiers = new QuasiIdentifiers(identifiers, sensitives);
  const open = async (): Promise<DisclosedReader | undefined> =>
    DisclosedReader.open(await before.read(disclosedFileName));
  const earlier = await before.manifest();
  if (before.again) {
    const reader = await open();
    const risk = earlier?.risk ?? undefined;
    if (reader === undefined) return takenDown(headOf(rows, quasiIdentifiers), undefined, risk);
    return reader.head.files === 'kept' && !(await areWhole(before))
      ? takenDown(reader.head, reader, risk)
      : asDisclosed(quasiIdentifiers, reader, risk);
  }
  const reader = await open();
  const comparable = canonicalJson(reader?.head.shown ?? {}) === canonicalJson(shownIn(rows));
  const wanted = sensitives.map(({ l }) => l);
  const classes = new EquivalenceClasses(quasiIdentifiers, wanted);
  const levels = reader === undefined ? undefined : levelsOf(quasiIdentifiers, reader.head.levels);
  const past = { comparable, levels, hasContent: comparisonWith(rows, reader?.head) };
  const { total, takenBack, inputs } = await count(rows, classes, reader, past);
  await reader?.close();
  const again = await open();
  if (again?.head.files === 'own' && again.head.inputs === inputs) {
    // Nothing that may be public has changed: whoever else's answers have, nobody can notice it.
    return asDisclosed(quasiIdentifiers, again, earlier?.risk ?? undefined);
  }
  const { k, maxSuppressed, maxRisk } = newest.settings;
  const aim = { k, total, maxRisk, maxSuppressed: maxSuppressed / 100 };
  const choice = nextLevels(classes, { ...aim, before: levels });
  const risk = riskReport(classes, choice, aim, sensitives);
  const head = { ...headOf(rows, quasiIdentifiers, choice.levels), inputs };
  const reason = blockedBecause(risk, maxSuppressed);
  if (reason === undefined) {
    const generalisation = quasiIdentifiers.generalisation(choice.levels);
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
    return takenDown(head, again, { ...risk, blocked }, leftOut);
  }
  const kept: DisclosedHead = { ...reader.head, files: 'kept' };
  return new Disclosure(kept, exactly, { ...risk, blocked }, again, (_, disclosed) => ({
    isPublished: false,
    disclosed,
  }));

  /** What is kept of a record that is not in this version: compared by its questions from here on. */
  function leftOut(seen: Disclosed, row: FormRow): Disclosed {
    const gone = left(seen, version);
    if (past.comparable) return gone;
    const hasChanged = !past.hasContent(row, seen.content);
    return {
      ...gone,
      content: quasiIdentifiers.contentOf(row),
      history: hasChanged ? digest(`${gone.history} changed`) : gone.history,
    };
  }

  function decide(row: FormRow, seen: Disclosed | undefined): Decision {
    const out: Decision = {
      isPublished: false,
      disclosed: seen === undefined ? undefined : leftOut(seen, row),
    };
    if (!row.seenBy.public) return out;
    const { key, content } = keyOf(row, classes, seen, past);
    const entry = classes.find(key);
    const name = entry === undefined ? undefined : choice.published.get(entry);
    if (name === undefined) return out;
    const isAsBefore = key.isPublished && seen?.name === name;
    const history = isAsBefore ? seen.history : digest(`${key.history}\n${name}\n${version}`);
    const { id } = row.row;
    const disclosed = { id, isPublished: true, name, content, history };
    return { isPublished: true, disclosed };
  }
}

/** What the public has seen of a record once it has been left out of this version. */
function left(seen: Disclosed, version: string): Disclosed {
  if (!seen.isPublished) return seen;
  return { ...seen, isPublished: false, history: digest(`${seen.history}\n\n${version}`) };
}

interface Keyed {
  readonly key: EntryKey;
  readonly content: string;
}

/** How what was published before compares with what is now. */
interface Past {
  /** The same questions are published as in the version before. */
  readonly comparable: boolean;
  /** Whether a record's other answers, to the questions that the version before published, are these. */
  readonly hasContent: (row: FormRow, content: string) => boolean;
  /** The levels of the version before; undefined: there is none, or they were of other questions. */
  readonly levels: Levels | undefined;
}

/**
 * The entry of a record. Who has been published before and has changed since is not alike any more with
 * those who have not, nor who changed quasi-identifiers with who changed other answers. When other
 * questions are published than before, the classes of all are other ones: then nobody can be told by
 * that. Answers to the same questions can be told by what they were, even then.
 */
function keyOf(
  row: FormRow,
  { quasiIdentifiers, floors }: EquivalenceClasses,
  seen: Disclosed | undefined,
  { comparable, levels, hasContent }: Past,
): Keyed {
  const content = quasiIdentifiers.contentOf(row);
  const cells = quasiIdentifiers.of(row, floors);
  const { k } = row.plan;
  if (seen === undefined) return { key: { cells, history: '', isPublished: false, k }, content };
  const hasMoved =
    comparable &&
    seen.isPublished &&
    levels !== undefined &&
    seen.name !== quasiIdentifiers.nameOf(quasiIdentifiers.of(row, levels), levels);
  const hasChanged = comparable ? seen.content !== content : !hasContent(row, seen.content);
  const history = `${seen.history}${hasMoved ? ' moved' : ''}${hasChanged ? ' changed' : ''}`;
  const isPublished = seen.isPublished && !hasMoved && !hasChanged;
  return { key: { cells, history, isPublished, k }, content };
}

/**
 * See Past: what the public sees beside quasi-identifiers is shown as it is. Answers may have been given
 * again under a version that was not there before: then any of those that were is as good.
 */
function comparisonWith(
  { plans, layout }: FormRows,
  before: DisclosedHead | undefined,
): Past['hasContent'] {
  const { shown = {}, levels = [] } = before ?? {};
  const identifiers = new Set(levels.map(([name]) => name));
  const fields = scopesOf(layout).flatMap((scope) => scope.fields);
  const leftOut = plans.map(
    ({ model }) =>
      new Set(
        fields.filter(({ question }) => {
          const path = question.path.join('/');
          return identifiers.has(path) || shown[`${model.version}/${path}`] === undefined;
        }),
      ),
  );
  const different = [
    ...new Map(
      leftOut.map((some) => [JSON.stringify([...some].map(({ question }) => question.path)), some]),
    ),
  ];
  const members = new Map(
    plans.map(({ model }) => [
      model.version,
      different.map(
        ([, some]) =>
          viewOf(model, layout, 'coordinator', new Selections(), { leftOut: some }).members,
      ),
    ]),
  );
  return ({ plan, instance }, content) =>
    (members.get(plan.model.version) ?? []).some((some) => contentIn(some, instance) === content);
}

interface Counted {
  /** Records that may be public. */
  readonly total: number;
  /** A record of the public files may be public no more, or has changed since. */
  readonly takenBack: boolean;
  /** Stands for everything that decides who is published. */
  readonly inputs: string;
}

async function count(
  rows: FormRows,
  classes: EquivalenceClasses,
  reader: DisclosedReader | undefined,
  past: Past,
): Promise<Counted> {
  const { quasiIdentifiers } = classes;
  let total = 0;
  const inputs = createHash('sha256').update(canonicalJson(settingsOf(rows)));
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
      const { key, content } = keyOf(row, classes, seen, past);
      if (key.isPublished) still += 1;
      inputs.update(`${row.row.id} ${key.k} ${content} ${JSON.stringify(key.cells)}\n`);
      classes.add(key, quasiIdentifiers.sensitiveOf(row));
    }
  }
  await ahead(last);
  return { total, takenBack: inFiles !== still, inputs: inputs.digest('base64url') };
}

/** What the form says about how its records are published. */
function settingsOf(rows: FormRows): JsonValue {
  const { identifiers, sensitives, newest } = rows;
  const { k, maxRisk, maxSuppressed } = newest.settings;
  return {
    k,
    maxRisk,
    maxSuppressed,
    shown: shownIn(rows),
    keys: rows.keys ?? '',
    identifiers: identifiers.map(({ name, importance, hierarchy }) => [
      name,
      importance,
      hierarchy.map(({ label }) => label.en),
    ]),
    sensitives: sensitives.map(({ name, l }) => [name, l]),
  };
}

function headOf(
  rows: FormRows,
  quasiIdentifiers: QuasiIdentifiers,
  levels: Levels = quasiIdentifiers.identifiers.map(() => 0),
): DisclosedHead {
  const named = namedLevels(quasiIdentifiers, levels);
  return { levels: named, inputs: '', shown: shownIn(rows), files: 'own' };
}

/** Why a version would publish too little, or at too great a risk; undefined: it may be published. */
function blockedBecause(
  { suppressedShare, globalRisk }: Omit<Risk, 'blocked'>,
  maxSuppressed: number,
): NonNullable<Risk['blocked']>['reason'] | undefined {
  if (suppressedShare * 100 > maxSuppressed) {
    const [share, most] = [percent(suppressedShare), percent(maxSuppressed / 100)];
    return {
      fr: `Il faudrait retenir ${share.fr} des réponses publiques ; la fiche en admet ${most.fr} (max_suppressed).`,
      en: `${share.en} of the public records would be withheld; the form takes ${most.en} (max_suppressed).`,
    };
  }
  if (globalRisk === undefined || globalRisk.after <= globalRisk.max) return undefined;
  const [risk, most] = [percent(globalRisk.after), percent(globalRisk.max)];
  return {
    fr: `Le risque global de ré-identification serait de ${risk.fr} ; la fiche admet ${most.fr} (max_risk).`,
    en: `The global re-identification risk would be ${risk.en}; the form takes ${most.en} (max_risk).`,
  };
}

function percent(share: number): { readonly fr: string; readonly en: string } {
  const text = String(Number((share * 100).toFixed(1)));
  return { fr: `${text.replace('.', ',')} %`, en: `${text}\u00a0%` };
}
