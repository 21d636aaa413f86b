/** Names beyond this many are not searched: a suggestion is a courtesy, not worth a long wait. */
const searched = 2_000;

/** Edit distance, or more than `limit` as soon as it must be. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const cost = Math.min(swap, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
      current.push(cost);
      best = Math.min(best, cost);
    }
    if (best > limit) return limit + 1;
    previous = current;
  }
  return previous[b.length] ?? limit + 1;
}

/** The name most like the one that was meant, if any is like it at all. */
export function nearName(name: string, names: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase().slice(0, 100);
  let limit = Math.min(3, Math.max(1, Math.floor(wanted.length / 3)));
  let found: string | undefined;
  let seen = 0;
  for (const candidate of names) {
    if (++seen > searched) break;
    const cost = distance(wanted, candidate.toLowerCase(), limit);
    if (cost > limit) continue;
    found = candidate;
    limit = cost - 1;
    if (limit < 0) break;
  }
  return found;
}
