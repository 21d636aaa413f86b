import { describe, expect, it } from 'vitest';
import { builtInForms, fixtureOf } from '../fixtures.ts';
import { author, csvOf, revisionOf, type Cast } from './cast.ts';

/** A fixture points into the answers, a response into the body that was sent. */
function inBody({ pointer, code }: { pointer: string; code: string }): unknown {
  return expect.objectContaining({ pointer: `/answers${pointer}`, code });
}

/** Each built-in form, from the papers to the dataset. */
export function tellEveryForm(cast: () => Cast): void {
  describe('a newcomer', () => {
    it('finds every built-in form published, with its JSON Schema', async () => {
      const forms = await cast().coordinator.all('/v1/forms');
      expect(forms.map((form) => form['formId']).sort()).toEqual([...builtInForms].sort());
      for (const formId of builtInForms) {
        const form = await cast().member.get(`/v1/forms/${formId}`);
        const schema = await author(cast(), formId).get(`/v1/forms/${formId}/schema.json`);
        expect(form.status, formId).toBe(formId === 'plan-activity' ? 403 : 200);
        expect(schema.body).toMatchObject({ type: 'object' });
      }
    });

    it('finds the plan of the thematic group, whole, in plan.json after a compile', async () => {
      expect(await cast().coordinator.compile()).toMatchObject({ state: 'done' });
      const plan = await cast().anyone.get('/public/plan.json');
      expect(plan.status).toBe(200);
      expect(plan.body).toMatchObject({ counts: { done: 0, doneLate: 0 }, percentDone: 0 });
      expect((plan.body as { activities: unknown[] }).activities).toHaveLength(14);
    });
  });

  describe.each(builtInForms.map((formId) => ({ formId, fixture: fixtureOf(formId) })))(
    'the form $formId',
    ({ formId, fixture }) => {
      it('takes what the papers say, once, and answers a replay as the first time', async () => {
        expect(fixture.valid.length).toBeGreaterThan(0);
        for (const { instanceId, answers, warnings } of fixture.valid) {
          const first = await author(cast(), formId).submit(formId, instanceId, answers);
          expect(first.status, first.text).toBe(201);
          const expected = (warnings ?? []).map(inBody);
          expect((first.body as { warnings: unknown[] }).warnings).toEqual(
            expect.arrayContaining(expected),
          );
          const again = await author(cast(), formId).submit(formId, instanceId, answers);
          expect(again.status).toBe(200);
          expect(again.body).toEqual(first.body);
        }
      });

      it('refuses wrong answers, every fault with its pointer', async () => {
        expect(fixture.invalid.length).toBeGreaterThan(0);
        for (const [index, { answers, expect: faults }] of fixture.invalid.entries()) {
          const answer = await author(cast(), formId).submit(
            formId,
            `wrong-${formId}-${index}`,
            answers,
          );
          expect(answer.status, answer.text).toBe(422);
          expect(answer.headers.get('content-type')).toContain('application/problem+json');
          expect((answer.body as { errors: unknown[] }).errors).toEqual(
            expect.arrayContaining(faults.map(inBody)),
          );
        }
      });

      it('gives the coordinator every row in each format, and the public what is accepted', async () => {
        for (const { instanceId } of fixture.valid) {
          const revision = await revisionOf(cast().coordinator, formId, instanceId);
          const reviewed = await cast().coordinator.review(formId, instanceId, revision, 'accept');
          expect(reviewed.status, reviewed.text).toBe(200);
        }
        expect(await cast().coordinator.compile()).toMatchObject({ state: 'done' });
        const rows = await csvOf(cast().coordinator, formId);
        const ids = new Set(rows.map((row) => row['id']));
        for (const { instanceId } of fixture.valid) expect(ids).toContain(instanceId);
        const manifest = await cast().coordinator.get(`/v1/datasets/${formId}`);
        expect(manifest.body).toMatchObject({
          dataset: formId,
          audiences: { coordinator: { rows: rows.length } },
        });
        const json = await cast().coordinator.get(`/v1/datasets/${formId}/files/${formId}.json`);
        expect(json.body).toMatchObject({ dataset: formId, count: rows.length });
        const open = await cast().anyone.get(`/public/${formId}.json`);
        expect(open.status).toBe(200);
      });
    },
  );
}
