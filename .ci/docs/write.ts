/** `npm run docs`: writes the files of docs/ that are made from the code. Run it in the repository's folder. */
import { writeFileSync } from 'node:fs';
import { generated } from './generated.ts';

for (const [path, make] of generated) writeFileSync(path, make('.'));
