import { pointerStep } from '../../form/types/answer-issues.ts';
import { factsOf, type FileFacts } from '../../form/types/answer-shapes.ts';
import type { FormModel, FormNode, Question } from '../../form/model.ts';
import { typeRow } from '../../form/types/question-types.ts';
import { isJsonObject, own, type JsonObject, type JsonValue } from '../../json.ts';

/** An answer that is a file. */
export interface Attachment {
  /** JSON pointer into the answers. */
  readonly pointer: string;
  readonly file: string;
  /** Undefined: nothing but its name is known yet. */
  readonly facts: FileFacts | undefined;
}

/** The nodes of a form that are attachments or hold some: all others need not be looked at. */
interface Branch {
  readonly node: FormNode;
  readonly branches: readonly Branch[];
}
const branchesOf = new WeakMap<FormModel, readonly Branch[]>();

function branchesOfModel(model: FormModel): readonly Branch[] {
  const known = branchesOf.get(model);
  if (known !== undefined) return known;
  const made = pruned(model.root.children);
  branchesOf.set(model, made);
  return made;
}

function pruned(nodes: readonly FormNode[]): readonly Branch[] {
  return nodes.flatMap((node): readonly Branch[] => {
    if (node.kind === 'question') return isAttachment(node) ? [{ node, branches: [] }] : [];
    const branches = pruned(node.children);
    return branches.length === 0 ? [] : [{ node, branches }];
  });
}

function isAttachment({ type }: Question): boolean {
  return typeRow(type).shape === 'attachment';
}

/** JSON pointers, into validated answers, of those that are attachments, in the form's order. */
export function attachmentPointers(model: FormModel, answers: JsonObject): readonly string[] {
  const branches = branchesOfModel(model);
  if (branches.length === 0) return [];
  const found: string[] = [];
  collect(branches, answers, '', found);
  return found;
}

function collect(
  branches: readonly Branch[],
  answers: JsonObject,
  above: string,
  found: string[],
): void {
  for (const { node, branches: below } of branches) {
    const value = own(answers, node.name);
    const pointer = above + pointerStep(node.name);
    if (node.kind === 'repeat' && Array.isArray(value)) {
      for (const [index, row] of (value as readonly JsonValue[]).entries()) {
        if (isJsonObject(row)) collect(below, row, `${pointer}/${index}`, found);
      }
    } else if (isJsonObject(value)) {
      if (node.kind === 'question') found.push(pointer);
      else collect(below, value, pointer, found);
    }
  }
}

/** The attachments that stand in answers at these pointers. */
export function attachmentsAt(
  answers: JsonObject,
  pointers: readonly string[],
): readonly Attachment[] {
  return pointers.flatMap((pointer): readonly Attachment[] => {
    const value = valueAt(answers, stepsOf(pointer));
    const file = isJsonObject(value) ? own(value, 'file') : undefined;
    if (!isJsonObject(value) || typeof file !== 'string') return [];
    return [{ pointer, file, facts: factsOf(value) }];
  });
}

/** The answers with the facts that `facts` gives of an attachment put in; undefined leaves it as it is. */
export function withFacts(
  answers: JsonObject,
  pointers: readonly string[],
  facts: (attachment: Attachment) => FileFacts | undefined,
): JsonObject {
  let changed: JsonValue = answers;
  for (const attachment of attachmentsAt(answers, pointers)) {
    const known = facts(attachment);
    if (known === undefined) continue;
    const { sha256, bytes, type } = known;
    const whole = { file: attachment.file, sha256, bytes, type };
    changed = replaced(changed, stepsOf(attachment.pointer), whole);
  }
  return isJsonObject(changed) ? changed : answers;
}

const questionsOf = new WeakMap<FormModel, ReadonlyMap<string, Question>>();

/** The question that an attachment answers; undefined: this version of the form has no such. */
export function questionAt(model: FormModel, pointer: string): Question | undefined {
  let questions = questionsOf.get(model);
  if (questions === undefined) {
    const asked = model.questions.filter(isAttachment);
    questions = new Map(asked.map((question) => [question.path.join('/'), question]));
    questionsOf.set(model, questions);
  }
  const names = stepsOf(pointer).filter((step) => !/^\d+$/.test(step));
  return questions.get(names.join('/'));
}

function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(answers: JsonObject, steps: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = answers;
  for (const step of steps) {
    if (Array.isArray(value)) value = (value as readonly JsonValue[])[Number(step)];
    else value = isJsonObject(value) ? own(value, step) : undefined;
  }
  return value;
}

function replaced(value: JsonValue, steps: readonly string[], by: JsonValue): JsonValue {
  const [step, ...rest] = steps;
  if (step === undefined) return by;
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).map((item, index) =>
      index === Number(step) ? replaced(item, rest, by) : item,
    );
  }
  if (!isJsonObject(value)) return value;
  const inner = own(value, step);
  return inner === undefined ? value : { ...value, [step]: replaced(inner, rest, by) };
}
