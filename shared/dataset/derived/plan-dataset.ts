import * as z from 'zod';
import { audiences, type Audience } from '../../form/model.ts';
import type { JsonObject } from '../../json.ts';
import { calendar } from '../../plan/calendar.ts';
import { dayOf, daysOfMonth, isDay } from '../../plan/days.ts';
import type { ActivityReport, PlannedActivity } from '../../plan/plan.ts';
import { progress } from '../../plan/plan-progress.ts';
import type { DatasetSpec } from '../build/dataset-spec.ts';
import type { VersionPlace } from '../versions/version-place.ts';
import type { CompileDeps } from '../compile-deps.ts';
import type { Built } from '../build/form-dataset.ts';
import { modelsOf, readFormInput, type FormInput, FormRows } from '../rows/form-rows.ts';
import { jsonMediaType } from '../formats/json-format.ts';
import { followDisclosure, visibleAnswers } from '../disclosure/disclosure.ts';
import { PublicHead, publicVersion } from '../versions/public-head.ts';
import type { VersionWriter } from '../versions/version-writer.ts';

/** The forms that the plan is made from: forms/plan-activity.yaml and forms/activity-report.yaml. */
const formIds = { activities: 'plan-activity', reports: 'activity-report' } as const;

/** The action plan's progress, and a calendar of it. Moves with the days, even if nothing is said. */
export const plan: DatasetSpec = {
  id: 'plan',
  prepare: async (deps) => {
    const activities = await readFormInput(deps, await deps.forms.record(formIds.activities));
    const reports = await readFormInput(deps, await deps.forms.record(formIds.reports));
    if (activities === undefined) return undefined;
    const asOf = dayOf(deps.clock());
    return {
      forms: [activities, ...(reports === undefined ? [] : [reports])],
      also: asOf,
      since: [`${asOf}T00:00:00.000Z`],
      build: (place, files) => build(deps, activities, reports, { asOf, place }, files),
    };
  },
};

async function build(
  deps: CompileDeps,
  activities: FormInput,
  reports: FormInput | undefined,
  { asOf, place }: { readonly asOf: string; readonly place: VersionPlace },
  files: VersionWriter,
): Promise<Built> {
  const planned = await acceptedAnswers(deps, activities);
  const accepted = reports === undefined ? undefined : await acceptedAnswers(deps, reports);
  const rows = new Map<Audience, number>();
  const { dataset, version } = place;
  const head = { dataset, version, cutOff: asOf, title: {}, license: null };
  const publicHead = await PublicHead.open(head, place);
  for (const audience of audiences) {
    // Of two activities of one code, the one that was said last.
    const byCode = new Map(
      (planned.get(audience) ?? []).flatMap(activityOf).map((entry) => [entry.id, entry]),
    );
    const stands = progress(
      formIds.activities,
      [...byCode.values()],
      (accepted?.get(audience) ?? []).flatMap(reportOf),
      asOf,
    );
    const json = files.open(audience, 'plan.json', jsonMediaType);
    json.write(`${JSON.stringify(stands)}\n`);
    if (audience === 'public') publicHead.sign(JSON.stringify(stands));
    const ics = files.open(audience, 'plan.ics', 'text/calendar; charset=utf-8');
    // Not when something was said that is not public.
    const stamp = `${asOf}T00:00:00.000Z`;
    ics.write(calendar(stands, { name: 'Plan d’action', stamp }));
    json.rows = ics.rows = stands.activities.length;
    rows.set(audience, stands.activities.length);
  }
  return { rows, withheld: {}, published: publicVersion(publicHead) };
}

/** What each audience sees of the accepted records of a form, the one changed last coming last. */
async function acceptedAnswers(
  deps: CompileDeps,
  input: FormInput,
): Promise<ReadonlyMap<Audience, readonly JsonObject[]>> {
  const rows = new FormRows(deps.objects, input, await modelsOf(deps, input.form));
  const disclosure = await followDisclosure(deps, rows);
  const found = new Map<Audience, { at: string; answers: JsonObject }[]>(
    audiences.map((audience) => [audience, []]),
  );
  for await (const batch of rows.batches(disclosure?.ahead)) {
    for (const row of batch) {
      if (row.row.state !== 'accepted') continue;
      for (const audience of audiences) {
        const answers = visibleAnswers(row, audience, disclosure);
        if (answers !== undefined) found.get(audience)?.push({ at: row.row.updatedAt, answers });
      }
    }
  }
  const inOrder = [...found].map(([audience, all]) => {
    const sorted = all.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
    return [audience, sorted.map(({ answers }) => answers)] as const;
  });
  return new Map(inOrder);
}

const text = z.string().optional().catch(undefined);
const rows = <T extends z.ZodType>(row: T) => z.array(row).optional().catch(undefined);

/** Only what the plan needs of an activity; what an audience does not see is not there. */
const Activity = z.object({
  code: z.string(),
  kind: text,
  title: text,
  title_en: text,
  actors: rows(z.object({ name: text })),
  resources: text,
  when: z
    .object({ date: text, month: text, order: z.number().optional().catch(undefined) })
    .optional()
    .catch(undefined),
  zones: rows(z.object({ place: text, region: text })),
  criteria: rows(z.object({ text })),
  cancelled: text,
});

function activityOf(answers: JsonObject): readonly PlannedActivity[] {
  const parsed = Activity.safeParse(answers);
  if (!parsed.success) return [];
  const { code, kind, title, title_en: titleEn, when, cancelled, ...rest } = parsed.data;
  const fr = title ?? code;
  const day = when?.date;
  const period =
    day !== undefined && isDay(day) ? { start: day, end: day } : daysOfMonth(when?.month ?? '');
  return [
    {
      id: code,
      kind: kind ?? null,
      title: { fr, en: titleEn ?? fr },
      who: (rest.actors ?? []).flatMap(({ name }) => name ?? []),
      resources: rest.resources ?? null,
      zones: (rest.zones ?? []).flatMap((zone) => zone.place ?? zone.region ?? []),
      order: when?.order ?? null,
      start: period?.start ?? null,
      end: period?.end ?? null,
      cancelled: cancelled === 'yes',
      criteria: (rest.criteria ?? []).map((criterion) => criterion.text ?? ''),
    },
  ];
}

const Report = z.object({
  activity: z.string(),
  held_on: text,
  criteria: rows(z.object({ criterion: z.number(), state: z.enum(['met', 'partly', 'not_met']) })),
});

function reportOf(answers: JsonObject): readonly ActivityReport[] {
  const parsed = Report.safeParse(answers);
  if (!parsed.success) return [];
  const { activity, held_on: heldOn, criteria } = parsed.data;
  return [
    {
      activity,
      heldOn: heldOn !== undefined && isDay(heldOn) ? heldOn : null,
      criteria: (criteria ?? []).map(({ criterion, state }) => ({
        rank: criterion,
        state: state === 'not_met' ? 'notMet' : state,
      })),
    },
  ];
}
