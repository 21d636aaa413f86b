/** Throws RangeError unless `key` is one that every store takes: see ObjectStore. It may not leave a folder. */
export function checkKey(key: string): void {
  const fine =
    key.length <= 900 &&
    key
      .split('/')
      .every((part) => /^[A-Za-z0-9._-]{1,200}$/.test(part) && part !== '.' && part !== '..');
  if (!fine) throw new RangeError(`"${key.slice(0, 200)}" is no key of an object.`);
}
