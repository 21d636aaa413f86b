import type { Finding } from './attack-view.ts';
import type { OpenView } from './open-files.ts';

/** The year of the attacked network, to the second or finer, as text or in milliseconds. */
const moment = /2031-?\d\d-?\d\dT\d\d:?\d\d[:\d.]*Z?|\b19(?:2[4-9]|3\d)\d{9}\b/;

/** A time of day at which something happened: who knows when a target was online knows its row. */
export function* findMoments(view: OpenView): Generator<Finding> {
  for (const [at, snapshot] of view.snapshots.entries()) {
    for (const [name, text] of snapshot.public.texts) {
      const found = moment.exec(name) ?? moment.exec(text);
      if (found !== null) yield { attack: 'moments', at, what: `${name}: ${found[0]}` };
      const bytes = snapshot.public.files.get(name);
      if (bytes === undefined) continue;
      for (const year of zipYears(bytes)) {
        if (year === 2031) yield { attack: 'moments', at, what: `${name}: an entry of ${year}` };
      }
    }
  }
}

/** Public bytes that move when something happened that the public may not notice. */
export function* findNoticedSecrets(view: OpenView): Generator<Finding> {
  for (const [at, snapshot] of view.snapshots.entries()) {
    if (!snapshot.quiet) continue;
    const [before, after] = [view.snapshots[at - 1]?.public.files, snapshot.public.files];
    for (const name of new Set([...(before?.keys() ?? []), ...after.keys()])) {
      const [one, other] = [before?.get(name), after.get(name)];
      if (one !== undefined && other !== undefined && one.equals(other)) continue;
      yield { attack: 'noticed secrets', at, what: name };
    }
  }
}

/** Years in which the entries of an archive say that they were written. */
function* zipYears(bytes: Buffer): Generator<number> {
  if (bytes.subarray(0, 4).toString('latin1') !== 'PK\u0003\u0004') return;
  const header = 'PK\u0001\u0002';
  for (
    let at = bytes.indexOf(header, 0, 'latin1');
    at !== -1;
    at = bytes.indexOf(header, at + 1, 'latin1')
  ) {
    if (at + 16 <= bytes.length) yield 1980 + (bytes.readUInt16LE(at + 14) >> 9);
  }
}
