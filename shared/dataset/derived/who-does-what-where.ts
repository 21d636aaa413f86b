import { audiences, type Audience } from '../../form/model.ts';
import type { DatasetHead } from '../versions/version-place.ts';
import { PublicHead, publicVersion } from '../versions/public-head.ts';
import { activityDataset, eachActivity } from './activity-dataset.ts';
import { activityFiles } from './activity-files.ts';
import { licenseOf } from './license-of.ts';

/** Rows from every form whose questions carry HXL tags for who, what and where. */
export const whoDoesWhatWhere = activityDataset(
  'who-does-what-where',
  {},
  async (sources, place, files) => {
    const { dataset, version, cutOff } = place;
    const head: DatasetHead = {
      ...{ dataset, version, cutOff },
      title: { fr: 'Qui fait quoi, où', en: 'Who does what, where' },
      license: licenseOf(sources.forms),
    };
    const publicHead = await PublicHead.open(head, place);
    const writers = new Map(
      audiences.map((audience) => {
        const own = audience === 'public' ? publicHead : head;
        return [audience, activityFiles(own, audience, files)] as const;
      }),
    );
    await eachActivity(
      sources,
      (audience, activities, _row, formId) => {
        for (const activity of activities) writers.get(audience)?.row(activity, formId);
      },
      async () => {
        for (const { drained } of writers.values()) await drained();
        await files.drained();
      },
    );
    const rows = new Map<Audience, number>();
    for (const [audience, { end }] of writers) rows.set(audience, await end());
    return { rows, withheld: {}, published: publicVersion(publicHead) };
  },
);
