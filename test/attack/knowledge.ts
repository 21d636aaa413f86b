import type { FormDefinition } from '../../shared/form/definition.ts';
import {
  askedQuestions,
  cell,
  marks,
  mentioned,
  saysYes,
  type AskedQuestion,
} from './asked-questions.ts';
import type { AskedForm } from './attack-view.ts';

/** A column of which an attacker knows, or can work out, what it must say of a target. */
interface Known {
  readonly column: string;
  /** Name of the repeat whose table it is in; '': the records'. */
  readonly table: string;
  /** What is known of the cell: all of it, whether it is there, or what it implies. */
  readonly seen: (cell: string) => string;
}

/** A public question that somebody would be harmed by. */
export interface Harm {
  readonly column: string;
  readonly table: string;
  /** So many different answers there must be among those who look alike. */
  readonly l: number;
}

/** What the form itself tells whoever looks for someone in its files. */
export interface Knowledge {
  readonly known: readonly Known[];
  readonly harms: readonly Harm[];
  /** Names of the repeats, whose numbers of rows are known. */
  readonly repeats: readonly string[];
  /** How many must look alike among the rows of a version; '': the rows do not say which. */
  readonly k: (version: string) => number;
}

/** About the record itself: when it came and from whom is known. */
const about = ['form_version', 'organisation', 'received_at', 'updated_at'];
const whole = (cell: string): string => cell;
const answered = (cell: string): string => (cell === '' ? 'no' : 'yes');

/** Undefined: the form marks nothing, and promises nothing of the kind. */
export function knowledgeOf({ versions }: AskedForm): Knowledge | undefined {
  if (!marks(versions)) return undefined;
  const known = new Map<string, Known>();
  const add = (one: Known): void => {
    known.set(`${one.table} ${one.column}`, one);
  };
  for (const column of about) add({ column, table: '', seen: whole });
  for (const version of versions) for (const one of knownIn(version)) add(one);
  const asked = versions.flatMap(askedQuestions);
  // What is known of a target, whole, is learnt from no file.
  const isLearnt = ({ path, repeat, type }: AskedQuestion): boolean =>
    !onTheGround.has(type) &&
    known.get(`${leaf(repeat)} ${columnOf(path, repeat)}`)?.seen !== whole;
  const harms = new Map(
    asked
      .filter((question) => saysYes(question.row, 'sensitive') && isLearnt(question))
      .map(({ row, path, repeat }) => [
        path,
        { column: columnOf(path, repeat), table: leaf(repeat), l: leastOf(row) },
      ]),
  );
  const repeats = new Set(asked.map(({ repeat }) => leaf(repeat)).filter((name) => name !== ''));
  return {
    known: [...known.values()],
    harms: [...harms.values()],
    repeats: [...repeats],
    k: (version) => promised(versions, version),
  };
}

/** What was given under one promise is not shown under a lesser one, nor under one that was since taken back. */
function promised(versions: readonly FormDefinition[], version: string): number {
  const kOf = (of: FormDefinition | undefined): number => Number(cell(of?.settings, 'k') || 5);
  const own = versions.find(({ settings }) => cell(settings, 'version') === version);
  const newest = kOf(versions.at(-1));
  return own === undefined ? newest : Math.max(kOf(own), newest);
}

function leastOf(row: AskedQuestion['row']): number {
  return Math.max(2, Number(cell(row, 'sensitive')) || 2);
}

const onTheGround: ReadonlySet<string> = new Set(['geopoint', 'start-geopoint']);

/** Marked questions, what is worked out from them, what they decide, and where people are. */
function* knownIn(version: FormDefinition): Generator<Known> {
  const asked = askedQuestions(version);
  const sure = sureOf(asked);
  for (const question of asked) {
    const { row, path, repeat, type } = question;
    const column = columnOf(path, repeat);
    const at = { table: leaf(repeat) };
    if (onTheGround.has(type)) {
      for (const axis of ['latitude', 'longitude']) {
        yield { ...at, column: `${column}/${axis}`, seen: whole };
      }
    } else if (type === 'geotrace' || type === 'geoshape' || sure.has(question.name)) {
      yield { ...at, column, seen: whole };
    } else if (question.conditions.some((condition) => mentioned(condition).some(has(sure)))) {
      yield { ...at, column, seen: answered };
    } else {
      const implied = impliedBy(version, row, sure);
      if (implied !== undefined) yield { ...at, column, seen: implied };
    }
  }
}

function has(names: ReadonlySet<string>): (name: string) => boolean {
  return (name) => names.has(name);
}

/** Names of questions whose answer follows from what is known, and of those from which that follows. */
function sureOf(asked: readonly AskedQuestion[]): ReadonlySet<string> {
  const sure = new Set(
    asked.filter(({ row }) => saysYes(row, 'quasi_identifier')).map(({ name }) => name),
  );
  for (let size = -1; size !== sure.size;) {
    size = sure.size;
    for (const { row, name, type } of asked) {
      const made =
        type === 'calculate' ? `${cell(row, 'calculation')} ${cell(row, 'default')}` : '';
      if (mentioned(made).some(has(sure))) sure.add(name);
      // Twice the age gives the age.
      const [, of] = /^\s*\$\{(\w+)\}\s*[*+-]\s*\d+\s*$/.exec(made) ?? [];
      if (of !== undefined && sure.has(name)) sure.add(of);
    }
  }
  return sure;
}

/** A town gives its région, if the form offers only the towns of the région that was chosen. */
function impliedBy(
  { choices }: FormDefinition,
  row: AskedQuestion['row'],
  sure: ReadonlySet<string>,
): ((cell: string) => string) | undefined {
  const [, column = '', name = ''] =
    /^\s*(\w+)\s*=\s*\$\{(\w+)\}\s*$/.exec(cell(row, 'choice_filter')) ?? [];
  if (!sure.has(name)) return undefined;
  const list = cell(row, 'type').split(' ')[1];
  const implies = new Map(
    choices
      .filter((choice) => cell(choice, 'list_name') === list)
      .map((choice) => [cell(choice, 'name'), cell(choice, column)]),
  );
  return (text) => implies.get(text) ?? text;
}

/** In a repeat's table columns are called by what stands after the repeat. */
function columnOf(path: string, repeat: string): string {
  return repeat === '' ? path : path.slice(repeat.length + 1);
}

function leaf(repeat: string): string {
  return repeat.split('/').at(-1) ?? '';
}
