import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { floors } from '../../.dependency-cruiser.js';

/** By folder, the other folders of sources that its files import. */
export type Wings = ReadonlyMap<string, ReadonlySet<string>>;

/** The parts of `shared` with what is above it. Parts of one floor may know each other: that is left out. */
export function readWings(root: string): Wings {
  const wings = new Map<string, Set<string>>();
  const files = globSync('{shared,functions,infra,local,web}/**/*.{ts,js,mjs}', { cwd: root });
  for (const file of files.sort()) {
    const wing = wingOf(file);
    const imports = wings.get(wing) ?? new Set();
    wings.set(wing, imports);
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
    for (const { fileName } of importedFiles) {
      if (!fileName.startsWith('.')) continue;
      const imported = wingOf(join(dirname(file), fileName));
      if (imported !== wing && !areOfOneFloor(wing, imported)) imports.add(imported);
    }
  }
  return wings;
}

function areOfOneFloor(wing: string, other: string): boolean {
  return floors.some((floor) => floor.includes(wing) && floor.includes(other));
}

function wingOf(file: string): string {
  const parts = dirname(file).split('/');
  return parts.slice(0, parts[0] === 'shared' ? 3 : 1).join('/');
}

/** How many imports lie between each wing and the ground, at most. */
export function floorsOf(wings: Wings): ReadonlyMap<string, number> {
  const floors = new Map<string, number>();
  const floorOf = (wing: string): number => {
    const known = floors.get(wing);
    if (known !== undefined) return known;
    const below = [...(wings.get(wing) ?? [])].map(floorOf);
    const floor = below.length === 0 ? 0 : Math.max(...below) + 1;
    floors.set(wing, floor);
    return floor;
  };
  for (const wing of wings.keys()) floorOf(wing);
  return floors;
}

/** What a wing imports that nothing else it imports does: the rest can be reached by these. */
export function nearestImports(wings: Wings): Wings {
  const reach = new Map<string, Set<string>>();
  const reachOf = (wing: string): Set<string> => {
    const known = reach.get(wing);
    if (known !== undefined) return known;
    const imports = [...(wings.get(wing) ?? [])];
    const all = new Set(imports.flatMap((other) => [other, ...reachOf(other)]));
    reach.set(wing, all);
    return all;
  };
  return new Map(
    [...wings].map(([wing, imports]) => [
      wing,
      new Set(
        [...imports].filter(
          (near) => ![...imports].some((other) => other !== near && reachOf(other).has(near)),
        ),
      ),
    ]),
  );
}
