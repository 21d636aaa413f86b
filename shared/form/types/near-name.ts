/** Names beyond this many are not searched: a suggestion is a courtesy, not worth a long wait. */
const searched = 2_000;

/** The name most like the one that was meant, if any is at most `limit` letters away: by default one in three, three at most. */
export function nearName(
  name: string,
  names: Iterable<string>,
  limit = Math.min(3, Math.max(1, Math.floor(Math.min(name.length, 100) / 3))),
): string | undefined {
  const wanted = name.toLowerCase().slice(0, 100);
  let least = limit;
  let found: string | undefined;
  let seen = 0;
  for (const candidate of names) {
    if (++seen > searched) break;
    const distance = editDistance(wanted, candidate.toLowerCase(), least);
    if (distance > least) continue;
    found = candidate;
    least = distance - 1;
    if (least < 0) break;
  }
  return found;
}

/** How many letters to insert, drop, change or swap with their neighbour; more than `limit` as soon as it must be. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + change,
      );
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] && row > 1 && column > 1) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    // A swap reaches back two rows: both must be beyond the limit.
    if (Math.min(...current) > limit && Math.min(...last) > limit) return limit + 1;
    [beforeLast, last] = [last, current];
  }
  return last[b.length] ?? limit + 1;
}
