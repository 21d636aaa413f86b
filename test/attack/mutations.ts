import type { AttackName } from './attacks.ts';

/** A rule that keeps people from being found, and the same code without it. */
export interface Mutation {
  readonly rule: string;
  readonly file: string;
  /** Stands in the file once. */
  readonly find: string;
  readonly replace: string;
  /** Some of these must find what it lets through. */
  readonly foundBy: readonly AttackName[];
}

const keyring = 'shared/access/keyring.ts';
const publicId = "return keys.mac('public-id', datasetId, instanceId).slice(0, digits);";
const publishable = 'shared/dataset/disclosure/publishable.ts';
const identifying = 'shared/form/compile/identifying.ts';
const visibility = 'shared/form/visibility.ts';
const rows = 'shared/dataset/rows/form-rows.ts';
const head = 'shared/submission/records/head-record.ts';

export const mutations: readonly Mutation[] = [
  {
    rule: 'public ids are made with the installation’s secret',
    file: keyring,
    find: publicId,
    foundBy: ['ids'],
    replace: 'return hash("sha256", `${datasetId}\\n${instanceId}`).slice(0, 16);',
  },
  {
    rule: 'rows do not stand in the order of instanceIds',
    file: keyring,
    find: publicId,
    foundBy: ['order'],
    replace:
      'return Buffer.from(instanceId.slice(0, 4)).toString("hex") + keys.mac("public-id", datasetId, instanceId).slice(0, 8);',
  },
  {
    rule: 'a record has another id in each dataset',
    file: keyring,
    find: publicId,
    foundBy: ['composition'],
    replace: 'return keys.mac("public-id", instanceId).slice(0, 16);',
  },
  {
    rule: 'records of classes that are too small are withheld',
    file: publishable,
    find: 'const before = left.length;',
    foundBy: ['classes'],
    replace: 'const before = left.length; break;',
  },
  {
    rule: 'a class has k records, and not one fewer',
    file: publishable,
    find: 'entry.k <= size',
    foundBy: ['classes', 'histories'],
    replace: 'entry.k <= size + 1',
  },
  {
    rule: 'sensitive answers differ within a class',
    file: publishable,
    find: 'classes.diversityOf(left.map(({ entry }) => entry)).isDiverse ? left : []',
    replace: 'left',
    foundBy: ['homogeneity', 'histories'],
  },
  {
    rule: 'records with another history are no companions',
    file: publishable,
    find: '`${name} ${entry.history}`',
    replace: 'name',
    foundBy: ['histories', 'newcomers'],
  },
  {
    rule: 'who has changed is no companion of those who have not',
    file: 'shared/dataset/disclosure/prepare-disclosure.ts',
    find: "hasChanged ? ' changed' : ''",
    replace: "''",
    foundBy: ['corrections', 'histories'],
  },
  {
    rule: 'what depends on a quasi-identifier is one',
    file: identifying,
    find: "add(path, { why: 'depends', of: origin });",
    replace: '',
    foundBy: ['classes', 'histories'],
  },
  {
    rule: 'places are quasi-identifiers',
    file: identifying,
    find: "add(pathOf(question), { why: 'place', of: undefined });",
    replace: 'void 0;',
    foundBy: ['classes', 'histories'],
  },
  {
    rule: 'the number of a repeat’s rows is a quasi-identifier',
    file: 'shared/dataset/rows/identifiers.ts',
    find: 'if (scope === layout || !isSeen) return [];',
    replace: 'if (isSeen || !isSeen) return [];',
    foundBy: ['classes', 'histories'],
  },
  {
    rule: 'what was answered under a higher k keeps it',
    file: rows,
    find: 'Math.max(model.settings.k, this.newest.settings.k)',
    replace: 'this.newest.settings.k',
    foundBy: ['classes', 'histories'],
  },
  {
    rule: 'of what is published about a record, times are days',
    file: 'shared/dataset/build/form-dataset.ts',
    find: 'dayOf(row.receivedAt)',
    replace: 'row.receivedAt',
    foundBy: ['moments'],
  },
  {
    rule: 'who refused is not published',
    file: rows,
    find: 'plan.consents.every((path) => saysYes(row.answers, path))',
    replace: 'true',
    foundBy: ['hidden records'],
  },
  {
    rule: 'a refusal lasts until consent is given',
    file: head,
    find: "refused: head['refused'] === true",
    replace: 'refused: false',
    foundBy: ['hidden records'],
  },
  {
    rule: 'what nobody has read is not published where a version wants it read',
    file: head,
    find: "state === 'accepted' && reviewOf(head)?.decision === 'accept'",
    replace: "state === 'accepted'",
    foundBy: ['hidden records'],
  },
  {
    rule: 'the stricter of two versions decides what is shown',
    file: visibility,
    find: 'return fromStrictest.indexOf(one) < fromStrictest.indexOf(other) ? one : other;',
    replace: 'return one;',
    foundBy: ['hidden values', 'hidden columns'],
  },
  {
    rule: 'what is for members is not for the public',
    file: visibility,
    find: "if (question.visibility === 'members') return 'hidden';",
    replace: '',
    foundBy: ['hidden values', 'hidden columns'],
  },
  {
    rule: 'counts are those of public rows',
    file: 'shared/dataset/disclosure/disclosure.ts',
    find: "if (audience === 'public' && disclosure?.decide(row).isPublished === false) return undefined;",
    replace: '',
    foundBy: ['counts'],
  },
  {
    rule: 'members see what was accepted, and nothing else',
    file: rows,
    find: 'members: accepted',
    replace: 'members: true',
    foundBy: ['hidden records'],
  },
];
