/** The CDK app: `cdk synth` and `cdk deploy` run it. */

import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunction } from './bundle.ts';
import { writePageAssets } from './edge/page-assets.ts';
import { bundleNames, entryOf, type BundleName } from './functions.ts';
import { addStacks } from './stacks.ts';

async function writeFunction(name: BundleName, folder: string): Promise<void> {
  const { files } = await bundleFunction(entryOf(name));
  await mkdir(folder);
  await Promise.all(files.map((file) => writeFile(join(folder, file.name), file.contents)));
  if (name === 'pages') await writePageAssets(folder);
}

const app = new App();
// CDK copies the code into its own output, under a name made from the content.
const folder = await mkdtemp(join(tmpdir(), 'fiche-'));
try {
  await Promise.all(bundleNames.map((name) => writeFunction(name, join(folder, name))));
  addStacks(app, (name) => Code.fromAsset(join(folder, name)));
  app.synth();
} finally {
  await rm(folder, { recursive: true });
}
