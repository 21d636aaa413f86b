import { architecturePicture } from './architecture-picture.ts';
import { decisionsIndex } from './decisions-index.ts';

/** The files under docs/ that are made from the code and from other files, and what makes each. */
export const generated: readonly (readonly [path: string, make: (root: string) => string])[] = [
  ['docs/decisions/README.md', decisionsIndex],
  ['docs/pictures/architecture.svg', architecturePicture],
];
