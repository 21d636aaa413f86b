import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** What the guard says if the version of Node.js is the given one, and whether it lets scripts run. */
function guarded(version: string): { readonly text: string; readonly runs: boolean } {
  const code = `
    Object.defineProperty(process, 'version', { value: '${version}' });
    console.error = (text) => console.log(text);
    process.on('exit', (code) => console.log(code === 0));
    await import('./local/check-node.mjs');`;
  const text = execFileSync(process.execPath, [
    '--input-type=module',
    '-e',
    `process.exit = (code) => { process.exitCode = 0; console.log('refused ' + code); };${code}`,
  ]).toString();
  return { text, runs: !text.includes('refused 1') };
}

describe('the guard of the version of Node.js', () => {
  it.each(['v18.20.8', 'v20.20.2', 'v22.17.1'])('does not let scripts run on %s', (version) => {
    const { text, runs } = guarded(version);
    expect(runs).toBe(false);
    expect(text).toContain(`Fiche needs Node.js 24; this is ${version}.`);
    expect(text).toContain('Fiche a besoin de Node.js 24');
  });

  it.each(['v22.18.0', 'v24.21.0', 'v26.10.0'])('says nothing on %s', (version) => {
    expect(guarded(version)).toEqual({ text: 'true\n', runs: true });
  });
});
