/** What a folder's name may not hold on one system or another, and what changes how a name looks. */
const unsafe = /[<>:"/\\|?*\p{Cc}\p{Cf}\p{Cs}]/gu;
/** Names of devices, whatever follows the first dot. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;
const longest = 120;

/** A file's name, as someone's phone gave it, as one that every system can unpack where it belongs. */
export function safeFileName(name: string): string {
  const plain = name
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(unsafe, '_')
    .replace(/^[. ]+/, '_')
    .replace(/[. ]+$/, '_')
    .replace(devices, (device) => `_${device}`);
  if (plain === '') return '_';
  const characters = Array.from(plain);
  if (characters.length <= longest) return plain;
  const dot = characters.lastIndexOf('.');
  const extension = dot > characters.length - 12 ? characters.slice(dot) : [];
  return [...characters.slice(0, longest - extension.length), ...extension].join('');
}

/** An instanceId as the name of a folder: no two get the same one. */
export function safeFolderName(instanceId: string): string {
  return instanceId
    .replaceAll(/[^A-Za-z0-9._-]/g, (character) => encodeURIComponent(character))
    .replace(/\.$/, '%2E');
}
