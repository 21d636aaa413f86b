import type { FormModel, Question } from '../../form/model.ts';
import { repeatPathsOf } from '../../form/place.ts';

/** An HXL tag such as `#adm1+code`: the part after `#`, and its attributes. */
export interface HxlTag {
  readonly base: string;
  readonly attributes: ReadonlySet<string>;
}

export function tagOf({ hxl }: Question): HxlTag | undefined {
  const [base, ...attributes] = (hxl ?? '').replaceAll(/\s/g, '').toLowerCase().split('+');
  return base?.startsWith('#') === true
    ? { base: base.slice(1), attributes: new Set(attributes) }
    : undefined;
}

const whats: ReadonlySet<string> = new Set(['activity', 'sector']);
const places: ReadonlySet<string> = new Set(['country', 'adm1', 'adm2', 'adm3', 'geo', 'loc']);

/** A question with a tag, and where its answer stands. */
export interface TaggedQuestion {
  readonly question: Question;
  readonly tag: HxlTag;
  /** How many repeats it stands in. */
  readonly depth: number;
  /** Names from the answers of its scope to its answer. */
  readonly path: readonly string[];
}

/** Who does what where, in one version of a form. */
export interface TaggedForm {
  /** Each scope (names of the repeats around it, outermost first) with places, and the questions it sees. */
  readonly scopes: readonly {
    readonly repeats: readonly (readonly string[])[];
    /** Innermost first, then in the form's order. */
    readonly questions: readonly TaggedQuestion[];
  }[];
}

/** Undefined: the form does not say who does what where. It must have a tag of each of the three. */
export function taggedForm(model: FormModel): TaggedForm | undefined {
  const tagged = model.questions.flatMap((question): (TaggedQuestion & { at: string[] })[] => {
    const tag = tagOf(question);
    if (tag === undefined) return [];
    const at = [...repeatPathsOf(question)];
    const path = question.path.slice(question.repeat?.path.length ?? 0);
    return [{ question, tag, depth: at.length, path, at }];
  });
  const has = (bases: ReadonlySet<string>): boolean =>
    tagged.some(({ tag }) => bases.has(tag.base));
  if (!has(new Set(['org'])) || !has(whats) || !has(places)) return undefined;
  const scopes = new Map(
    tagged
      .filter(({ tag }) => places.has(tag.base))
      .map(({ at, question }) => [at.join('\n'), { at, repeats: repeatNames(question) }]),
  );
  const leaves = [...scopes].filter(
    ([key, { at }]) =>
      ![...scopes].some(([other, { at: deeper }]) => other !== key && startsWith(deeper, at)),
  );
  return {
    scopes: leaves.map(([, { at, repeats }]) => ({
      repeats,
      questions: tagged
        .filter((candidate) => startsWith(at, candidate.at))
        .sort((one, other) => other.depth - one.depth),
    })),
  };
}

/** For each repeat around the question, the names from the scope around it to its rows. */
function repeatNames({ repeat }: Pick<Question, 'repeat'>): readonly (readonly string[])[] {
  if (repeat === undefined) return [];
  const outer = repeat.repeat?.path.length ?? 0;
  return [...repeatNames(repeat), repeat.path.slice(outer)];
}

function startsWith(longer: readonly string[], shorter: readonly string[]): boolean {
  return shorter.every((part, index) => longer[index] === part);
}
