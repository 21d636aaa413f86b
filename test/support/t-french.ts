import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { misprints } from './french-texts.ts';
const write = process.argv.includes('--write');
const globs = process.argv.slice(2).filter((a) => a !== '--write');
let n = 0;
for (const f of globs.flatMap((g) => globSync(g)).sort()) {
  const s = readFileSync(f, 'utf8');
  const m = misprints(f, s);
  n += m.length;
  if (write) {
    let out = s;
    for (const { start, end, text } of m.toReversed()) out = out.slice(0, start) + text + out.slice(end);
    if (out !== s) writeFileSync(f, out);
  } else for (const { start, end, text } of m) console.log(f + '\n  - ' + s.slice(start, end).replaceAll('\n', '⏎') + '\n  + ' + text.replaceAll('\n', '⏎').replaceAll('\u202f', '⎵').replaceAll('\u00a0', '~'));
}
console.log(n);
