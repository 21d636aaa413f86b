import packageJson from '../package.json' with { type: 'json' };

/** The release this is, as health, `fiche status` and a deployment's stacks tell it. */
export const { version } = packageJson;
