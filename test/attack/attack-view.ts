import type { FormDefinition } from '../../shared/form/definition.ts';
import type { JsonObject } from '../../shared/json.ts';

/** Files by name, as one who downloads them has them. */
export type Files = ReadonlyMap<string, Buffer>;

/** What is hidden from whom at one compile: for the judge, not for the attacker. */
export interface Truth {
  /** Markers of the records of each form that the public may see, and of those that are accepted. */
  readonly published: ReadonlyMap<string, ReadonlySet<string>>;
  readonly accepted: ReadonlyMap<string, ReadonlySet<string>>;
  /** Answers that are one of a kind, and the widest audience that may read them. */
  readonly canaries: ReadonlyMap<string, 'public' | 'members' | 'nobody'>;
}

/** What an attacker downloaded after one compile. */
export interface Snapshot {
  readonly public: Files;
  /** Files of the members' audience, as `dataset/file`. */
  readonly members: Files;
  /** Since the last snapshot nothing happened that the public may notice. */
  readonly quiet: boolean;
  readonly truth: Truth;
}

/** Someone whom the data is about: all that is known of them outside. */
export interface Person {
  readonly formId: string;
  readonly instanceId: string;
  readonly organisation: string;
  /** A public answer that is one of a kind and says nothing: it tells the judge whose a row is. */
  readonly marker: string;
  /** Place in the order of arrival. */
  readonly arrival: number;
  /** Who it is: the same in every form about the same people. */
  readonly who: number;
  /** Everything that was ever sent, with the version that it was sent to. */
  readonly sent: readonly { readonly version: string; readonly answers: JsonObject }[];
}

/** All versions of a form, oldest first: anyone can read them. */
export interface AskedForm {
  readonly formId: string;
  readonly versions: readonly FormDefinition[];
}

/** Everything that an attack has to work with. */
export interface AttackView {
  readonly forms: readonly AskedForm[];
  readonly people: readonly Person[];
  readonly snapshots: readonly Snapshot[];
}

/** One way back to a person, or to what is hidden. */
export interface Finding {
  readonly attack: string;
  /** Which snapshot, from 0. */
  readonly at: number;
  readonly what: string;
}
