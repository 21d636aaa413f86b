/** The CDK app: `cdk synth` and `cdk deploy` run it. */

import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunction } from './bundle.ts';
import { entryOf, functionNames } from './functions.ts';
import { addStacks } from './stacks.ts';

const folder = await mkdtemp(join(tmpdir(), 'fiche-'));
try {
  await Promise.all(
    functionNames.map(async (name) => {
      const { files } = await bundleFunction(entryOf(name));
      await mkdir(join(folder, name));
      await Promise.all(
        files.map((file) => writeFile(join(folder, name, file.name), file.contents)),
      );
    }),
  );
  const app = new App();
  addStacks(app, (name) => Code.fromAsset(join(folder, name)));
  app.synth();
} finally {
  await rm(folder, { recursive: true });
}
