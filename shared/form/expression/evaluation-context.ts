/** The filled form as expressions see it. Built by validation from answers; nodes without answers exist. */
export interface InstanceNode {
  readonly name: string;
  readonly kind: 'question' | 'group' | 'repeat-instance';
  readonly parent: InstanceNode | undefined;
  /** A question whose answer is a number by its type, so that 0 is false. A calculation is a text. */
  readonly isNumber?: boolean;
  /** XPath's string-value: '' when empty or not relevant; codes of a select_multiple parted by spaces. */
  text(): string;
  /** All children, or those of that name, in document order (instances of a repeat share its name). */
  children(name?: string): readonly InstanceNode[];
  /** Of a repeat instance: its place among its siblings of the same name, from 1; else 1. */
  position(): number;
}

/** What an evaluation is given beside the expression. */
export interface EvaluationContext {
  /** The node that `.` means; relative paths and `${name}` start from it. */
  readonly node: InstanceNode;
  readonly root: InstanceNode;
  /** Names of the nodes from the root to the question called `name`, root excluded; undefined: no such. */
  pathOf(name: string): readonly string[] | undefined;
  readonly now: Date;
  /** Offset of local time from UTC in minutes for dates without one: 0 for Senegal and Mali. */
  readonly utcOffsetMinutes: number;
  uuid(): string;
  /** The label, in the form's default language, of choice `code` of the question called `name`. */
  choiceLabel(name: string, code: string): string;
  /** Rows of a secondary instance (a choice list, by list name; `name` and every column); undefined: no such. */
  itemset(listName: string): readonly ReadonlyMap<string, string>[] | undefined;
  /** Language of month and day names in format-date(): French unless it is `en`. */
  readonly language?: string;
  /** What version() answers; absent: ''. */
  readonly formVersion?: string;
  /** What property('deviceid') and the like answer; absent: ''. */
  property?(name: string): string;
}
