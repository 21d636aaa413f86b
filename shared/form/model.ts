import type { Bilingual, Translations } from '../text.ts';
import type { Expression } from './expression/expression.ts';
import type { QuestionType } from './types/question-types.ts';

/** Who may see an answer: each audience sees what the ones before it see. */
export const audiences = ['public', 'members', 'coordinator'] as const;
export type Audience = (typeof audiences)[number];

/** How exactly a place may be made public. */
type Precision = 'exact' | 'adm2' | 'adm1';

/** One choice of a list. `columns` has every further column of its row: region, lat, lon, pcode… */
export interface Choice {
  readonly name: string;
  readonly label: Translations;
  readonly columns: ReadonlyMap<string, string>;
  readonly media: Media;
}

export interface ChoiceList {
  /** What `instance('…')` calls it: for a list in a file, the file's name without its extension. */
  readonly name: string;
  /** The file that the list is read from (`regions.csv`): of `select_one_from_file`, `csv-external`… */
  readonly file: string | undefined;
  /** Columns of the file that hold codes and labels (`parameters`: `value=… label=…`): `name` and `label` unless said. */
  readonly valueColumn: string;
  readonly labelColumn: string;
  readonly choices: readonly Choice[];
  readonly byName: ReadonlyMap<string, Choice>;
}

/** Kinds of media that a label or a choice can have. */
export const mediaKinds = ['image', 'big-image', 'audio', 'video'] as const;
export type MediaKind = (typeof mediaKinds)[number];

/** File names of the media of a label, by kind and language. */
export type Media = ReadonlyMap<MediaKind, Translations>;

/** What only clients show or do: kept for the XForm, without meaning for answers. */
export interface ClientFacts {
  readonly guidanceHint: Translations;
  readonly media: Media;
  /**
   * Attributes that columns such as `bind::x`, `body::x` (also `control::x`) and `instance::x` give
   * to the node's bind, control and instance element, by name without the prefix.
   */
  readonly bind: ReadonlyMap<string, string>;
  readonly body: ReadonlyMap<string, string>;
  readonly instance: ReadonlyMap<string, string>;
  /** Column `autoplay`: `audio` or `video`. */
  readonly autoplay: string;
  /** Column `intent`. */
  readonly intent: string;
}

interface NodeBase {
  readonly name: string;
  /** Names from the form's root to this node, groups and repeats included: where its answer stands. */
  readonly path: readonly string[];
  readonly label: Translations;
  readonly relevant: Expression | undefined;
  /** The row of the survey sheet, 1 being the header. */
  readonly row: number;
  readonly client: ClientFacts;
}

export interface Question extends NodeBase {
  readonly kind: 'question';
  readonly type: QuestionType;
  /** The repeat that it stands in, innermost. */
  readonly repeat: Repeat | undefined;
  readonly hint: Translations;
  readonly required: boolean | Expression;
  readonly requiredMessage: Translations;
  readonly constraint: Expression | undefined;
  readonly constraintMessage: Translations;
  readonly calculation: Expression | undefined;
  /** Questions whose change makes a client run the calculation (column `trigger`): then it is the client's. */
  readonly trigger: readonly string[];
  readonly readonly: boolean;
  /** An expression that locks the question in the client; answers are taken all the same. */
  readonly readonlyWhen: Expression | undefined;
  /** A fixed text, or an expression that is evaluated when the form is opened. */
  readonly default: string | Expression | undefined;
  readonly list: ChoiceList | undefined;
  /**
   * Of `select_one ${name}`: the question, inside a repeat, whose answers are the choices. Then there
   * is no list, and whatever was chosen is taken.
   */
  readonly choicesFrom: string | undefined;
  readonly choiceFilter: Expression | undefined;
  /** `or_other`: `other` is a choice, and the question `<name>_other` that follows holds the text. */
  readonly orOther: boolean;
  /** Of the `parameters` column: `start=0 end=10 step=1`, `max-pixels=…`. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly appearance: string;
  readonly visibility: Audience;
  readonly precision: Precision | undefined;
  readonly quasiIdentifier: boolean;
  /**
   * The l of l-diversity: so many different answers in each equivalence class that is published.
   * 0: not sensitive.
   */
  readonly sensitive: number;
  /** 1 to 5: the higher, the later it is made coarser than other quasi-identifiers. */
  readonly importance: number;
  /** Its answers are words that somebody wrote, or are made from such words: see free-texts.ts. */
  readonly freeText: boolean;
  /** The form says that its words may be public, and a coordinator reads every record before it is. */
  readonly reviewText: boolean;
  /** An HXL tag such as `#adm1+code`; absent: none. */
  readonly hxl: string | undefined;
}

export interface Group extends NodeBase {
  readonly kind: 'group';
  readonly appearance: string;
  readonly children: readonly FormNode[];
}

export interface Repeat extends NodeBase {
  readonly kind: 'repeat';
  readonly appearance: string;
  readonly repeat: Repeat | undefined;
  readonly children: readonly FormNode[];
  readonly count: Expression | undefined;
}

export type FormNode = Question | Group | Repeat;

/** Columns about a record that a form may publish, in the order of a table's columns. */
export const publicMetadata = ['organisation', 'state', 'received_at', 'updated_at'] as const;
export type PublicMetadata = (typeof publicMetadata)[number];

export interface FormSettings {
  readonly title: Translations;
  readonly version: string;
  readonly defaultLanguage: string;
  readonly instanceName: Expression | undefined;
  /** Who may submit. */
  readonly audience: 'members' | 'coordinator' | 'anyone';
  readonly review: 'required' | 'none';
  /** Name of the question that must say yes before a record is published. */
  readonly consent: string | undefined;
  /** Name of the question that is the place. */
  readonly geometry: string | undefined;
  /** Every member owes one. */
  readonly expected: boolean;
  /** ISO date by which an answer is due. */
  readonly due: string | undefined;
  /** Counts under k are suppressed. */
  readonly k: number;
  /** Per cent of the public records, 0 to 100: with more quasi-identifiers withheld, nothing new becomes public. */
  readonly maxSuppressed: number;
  /**
   * The global risk of re-identification above which nothing new becomes public, 0 to 1: the mean, over
   * the public records, of one divided by the size of its equivalence class.
   */
  readonly maxRisk: number;
  /** The form confirms a `k` below 3. */
  readonly lowK: boolean;
  readonly license: string | undefined;
  /** Partitions over which the submissions are to be spread; counts when the form is first published, never again. */
  readonly shards: number | undefined;
  /** Columns about the record that this form publishes to the public, times by the day: none unless it says so. */
  readonly publicMetadata: readonly PublicMetadata[];
  /** Limits of each attachment: bytes, and media types (`image/*`, `application/pdf`) by question type. */
  readonly attachments: AttachmentLimits;
  /** For the XForm: `style`, `namespaces`, `auto_send`…, by column. */
  readonly client: ReadonlyMap<string, string>;
}

export interface AttachmentLimits {
  readonly maxBytes: number;
  /** Further media types that questions of type `file` take; absent: any that attachment-types.ts lists. */
  readonly types: readonly string[] | undefined;
}

/** One version of a form, checked and ready to run. Made by compileForm (compile-form.ts). */
export interface FormModel {
  readonly formId: string;
  readonly version: string;
  readonly settings: FormSettings;
  readonly languages: readonly string[];
  /** What the form's headings call its languages (`Français (fr)`), by code: what clients show. */
  readonly languageNames?: ReadonlyMap<string, string>;
  /** The form's top level. Its `path` is empty. */
  readonly root: Group;
  /** Every question, in the form's order, those in groups and repeats included. */
  readonly questions: readonly Question[];
  readonly repeats: readonly Repeat[];
  readonly lists: ReadonlyMap<string, ChoiceList>;
  /** Every file that the form names, in order of first mention: what its manifest must offer. */
  readonly files: readonly FileNeed[];
}

/** A file that a form needs beside itself. */
export interface FileNeed {
  readonly name: string;
  /** `list`: choices or data are read from it (CSV, XML, GeoJSON); `media`: it is shown or played. */
  readonly use: 'list' | 'media';
  /** Where it is first named. */
  readonly sheet: string;
  readonly row: number;
  readonly column: string;
}

/** An error or a warning in a form, where its author will look for it. Row 1 is the header. */
export interface FormIssue {
  readonly sheet: string;
  readonly row: number;
  readonly column: string;
  readonly code: string;
  readonly message: Bilingual;
}

/** Every question, group and repeat below a group, in the form's order. */
export function* nodesOf(block: Group | Repeat): Generator<FormNode> {
  for (const child of block.children) {
    yield child;
    if (child.kind !== 'question') yield* nodesOf(child);
  }
}

/** All nodes by name: a name may stand in several groups, but then no reference may use it. */
export function nodesByName(root: Group): ReadonlyMap<string, readonly FormNode[]> {
  const names = new Map<string, FormNode[]>();
  for (const node of nodesOf(root)) {
    const nodes = names.get(node.name);
    if (nodes === undefined) names.set(node.name, [node]);
    else nodes.push(node);
  }
  return names;
}
