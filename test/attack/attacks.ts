import type { AttackView, Finding } from './attack-view.ts';
import { findBlanks, findClasses, findHomogeneous } from './classes.ts';
import { findLinks } from './composition.ts';
import { findCounts } from './counts.ts';
import { findCorrections, findHistories, findNewcomers } from './differencing.ts';
import { findHiddenColumns, findHiddenRecords, findHiddenValues } from './hidden-values.ts';
import { findGuessableIds, findRawIds } from './ids.ts';
import { openView, type OpenView } from './open-files.ts';
import { findOrders } from './order.ts';
import { findMoments, findNoticedSecrets } from './time.ts';

/** Every way back to a person that is tried, by its name. */
const attacks = {
  ids: findGuessableIds,
  'raw ids': findRawIds,
  'hidden values': findHiddenValues,
  'hidden records': findHiddenRecords,
  'hidden columns': findHiddenColumns,
  classes: findClasses,
  homogeneity: findHomogeneous,
  blanks: findBlanks,
  histories: findHistories,
  newcomers: findNewcomers,
  corrections: findCorrections,
  counts: findCounts,
  moments: findMoments,
  'noticed secrets': findNoticedSecrets,
  order: findOrders,
  composition: findLinks,
} as const satisfies Record<string, (view: OpenView) => Iterable<Finding>>;

export type AttackName = keyof typeof attacks;

export const attackNames = Object.keys(attacks) as readonly AttackName[];

/** Tries everything, or what is named. */
export async function attackAll(
  view: AttackView,
  names: readonly AttackName[] = attackNames,
): Promise<ReadonlyMap<AttackName, readonly Finding[]>> {
  const open = await openView(view);
  return new Map(
    names.flatMap((name) => {
      const found = [...attacks[name](open)];
      return found.length === 0 ? [] : [[name, found] as const];
    }),
  );
}

/** What was found, in words: '' if nothing was. */
export function inWords(found: ReadonlyMap<AttackName, readonly Finding[]>): string {
  return [...found]
    .map(([name, findings]) => {
      const told = findings.slice(0, 3).map(({ at, what }) => `  at ${at}: ${what}`);
      return [`${name}: ${findings.length}`, ...told].join('\n');
    })
    .join('\n');
}
