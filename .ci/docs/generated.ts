import { architecturePicture } from './architecture-picture.ts';
import { decisionsIndex } from './decisions-index.ts';
import { interfacePage } from './operations-table.ts';

/** The files under docs/ that are made from the code and from other files, and what makes each. */
export const generated: readonly (readonly [path: string, make: (root: string) => string])[] = [
  ['docs/api.md', interfacePage],
  ['docs/decisions/README.md', decisionsIndex],
  ['docs/pictures/architecture.svg', architecturePicture],
];
