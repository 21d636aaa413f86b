/**
 * Runs before the scripts, on whatever Node.js that starts them, so in plain JavaScript that old ones
 * read, too. The project's own Node.js 24 comes with `npm ci` and stands first in the PATH of npm's
 * scripts; only where npm was kept from installing it do they run on the system's.
 */
const [major, minor] = process.version.slice(1).split('.').map(Number);
// From 22.18 on, Node.js runs TypeScript as it stands.
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Fiche a besoin de Node.js 24 ; ceci est ${process.version}. Il vient avec npm ci ; sinon :\n` +
      `Fiche needs Node.js 24; this is ${process.version}. It comes with npm ci; if not:\n\n` +
      '  npm rebuild node --ignore-scripts=false\n',
  );
  process.exit(1);
}
