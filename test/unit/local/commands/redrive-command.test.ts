import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHome, type Home } from '../../../../local/open-home.ts';
import { readRun, startRun } from '../../../../shared/dataset/publish/compile-run.ts';
import { acceptSubmission } from '../../../../shared/submission/accept-submission.ts';
import { shardOf } from '../../../../shared/store/keys.ts';
import { erasureName } from '../../../../shared/submission/erasure/erasure-name.ts';
import {
  noteErasure,
  pendingErasures,
} from '../../../../shared/submission/erasure/erasure-record.ts';
import { runTool, temporaryFolder } from '../../../support/local-tool.ts';
import { coordinator, surveyForm } from '../../../support/submission-world.ts';

let folder: ReturnType<typeof temporaryFolder>;
let home: Home;
beforeEach(async () => {
  folder = temporaryFolder();
  home = await openHome(folder.path);
  await home.forms.putDraft('survey', surveyForm('1', { audience: 'coordinator' }));
  await home.forms.publish('survey');
  for (const instanceId of ['instance-1', 'instance-2']) {
    await acceptSubmission(home, coordinator, 'survey', { instanceId, answers: { title: 'x' } });
  }
});
afterEach(() => {
  home.close();
  folder.remove();
});

const placeOf = (instanceId: string) => ({
  formId: 'survey',
  instanceId,
  shard: shardOf(instanceId, 4),
});
const fiche = (...words: string[]) => runTool(folder.path, words, 'en');
const counts = (out: string) => out.split('\n').map((line) => Number(line.split('\t')[1]));

describe('fiche redrive', () => {
  it('closes dead compiles, finishes erasures cut short, compiles, and then finds nothing', async () => {
    const longAgo = () => new Date(Date.now() - 26 * 3_600_000);
    await startRun(home.registry, longAgo, 'dead');
    await startRun(home.registry, home.clock, 'at-work');
    await noteErasure(home, placeOf('instance-1'), 'erasing', new Date());
    const first = await fiche('redrive');
    expect([first.code, first.err]).toEqual([0, expect.stringContaining('nothing remains')]);
    expect(counts(first.out)).toEqual([1, 0, 1, 1, 0]);
    expect((await readRun(home.registry, 'dead'))?.state).toBe('failed');
    expect((await readRun(home.registry, 'at-work'))?.state).toBe('running');
    expect(await pendingErasures(home.registry, 'survey')).toEqual([]);
    const exported = await fiche('export', 'survey', '--format', 'csv');
    expect(exported.out).toContain('instance-2');
    expect(exported.out).not.toContain('instance-1');
    expect(counts((await fiche('redrive')).out).slice(2)).toEqual([0, 0, 0]);
  });

  it('says that something remains when an erasure cannot be carried through', async () => {
    await noteErasure(home, placeOf('never-there'), 'erasing', new Date());
    const outcome = await fiche('redrive');
    expect([outcome.code, outcome.err]).toEqual([1, expect.stringContaining('1 things remain')]);
  });
});

describe('fiche erase', () => {
  it('asks first, tells what it would erase, and erases with --yes', async () => {
    const asked = await fiche('erase', 'survey', 'instance-1');
    expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('add --yes')]);
    expect(asked.err).toContain('coordination, received, 1');
    const erased = await fiche('erase', 'survey', 'instance-1', '--yes');
    expect(erased.code, erased.err).toBe(0);
    const [noted] = await pendingErasures(home.registry, 'survey');
    expect(noted?.instanceHash).toBe(erasureName(home.keys, 'survey', 'instance-1'));
    expect((await fiche('erase', 'survey', 'instance-1', '--yes')).code).toBe(0);
  });

  it('says that there is no such submission', async () => {
    const outcome = await fiche('erase', 'survey', 'instance-9', '--yes');
    expect([outcome.code, outcome.err]).toEqual([1, expect.stringContaining('survey instance-9')]);
  });
});

describe('fiche backup and restore', () => {
  it.each([
    [['backup'], '--to is missing'],
    [['backup', '--to', 'x', '--keep', '0'], 'at least 1'],
    [['restore'], '--from is missing'],
    [['restore', '--from-tables', 'submissions=a,registry=b'], 'with --stack'],
  ])('says what is wrong with the words %j', async (words, told) => {
    const outcome = await fiche(...words);
    expect([outcome.code, outcome.err]).toEqual([2, expect.stringContaining(told)]);
  });

  it('refuses a folder that is no backup, and a list of erasures that is not there', async () => {
    const backup = `${folder.path}-backup`;
    expect((await fiche('restore', '--from', backup)).err).toContain('No whole backup');
    expect((await fiche('backup', '--to', backup)).code).toBe(0);
    const wrong = await fiche('restore', '--from', backup, '--erasures', `${backup}/none`);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('There is no such file')]);
  });
});
