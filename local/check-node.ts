/** Says early and plainly that scripts run on the wrong Node.js, instead of failing later and strangely. */
const wanted = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major !== wanted) {
  console.error(
    `Fiche runs on Node.js ${wanted} (the version of its Lambda functions); this is ${process.version}.\n` +
      'It comes with `npm ci` as the package "node". If npm skipped that package\'s install script, run:\n' +
      '  npm rebuild node --ignore-scripts=false',
  );
  process.exit(1);
}
