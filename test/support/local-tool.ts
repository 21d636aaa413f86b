import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Language } from '../../shared/text.ts';
import { runFiche } from '../../local/run-fiche.ts';

export interface ToolOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A new folder under the system's temporary one. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'fiche-local-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Runs the operator's tool in this process, against the folder `home`. */
export async function runTool(
  home: string,
  words: readonly string[],
  language: Language = 'fr',
): Promise<ToolOutcome> {
  const [out, err]: [string[], string[]] = [[], []];
  const [name, ...rest] = words;
  const code = await runFiche(name === undefined ? [] : [name, '--home', home, ...rest], {
    language,
    interactive: false,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    write: (bytes) => {
      out.push(Buffer.from(bytes).toString());
      return Promise.resolve();
    },
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
