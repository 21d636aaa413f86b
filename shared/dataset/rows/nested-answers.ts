import type { Instance } from './instance.ts';
import type { Member } from './view.ts';

/** The answers that a view shows, as JSON, nested as they were sent. What has no answer is left out. */
export function nestedAnswers(members: readonly Member[], instance: Instance): string {
  return `{${membersOf(members, instance)}}`;
}

function membersOf(members: readonly Member[], instance: Instance): string {
  let text = '';
  for (const member of members) {
    const value = valueOf(member, instance);
    if (value === '') continue;
    if (text !== '') text += ',';
    text += member.start;
    text += value;
  }
  return text;
}

function valueOf(member: Member, instance: Instance): string {
  switch (member.kind) {
    case 'answer':
      return member.slot === 0
        ? (instance.nested[member.nested] ?? '')
        : instance.answerText(member.slot);
    case 'group': {
      const inner = membersOf(member.members, instance);
      return inner === '' ? '' : `{${inner}}`;
    }
    case 'repeat': {
      const rows = instance.repeats[member.index] ?? [];
      if (rows.length === 0) return '';
      return `[${rows.map((row) => `{${membersOf(member.members, row)}}`).join(',')}]`;
    }
  }
}
