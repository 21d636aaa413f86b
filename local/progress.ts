import { Presets, SingleBar } from 'cli-progress';
import type { Bilingual } from '../shared/text.ts';
import type { Terminal } from './command.ts';

export interface Progress {
  /** `done` of `of`; what goes beyond is no fault. */
  at(done: number, of: number): void;
  /** May be called more than once. */
  end(): void;
}

/** A bar for a person who watches, a line for every tenth in a log. */
export function progressOf(terminal: Terminal, what: Bilingual): Progress {
  const name = what[terminal.language];
  return terminal.interactive ? bar(name) : lines(name, terminal);
}

function bar(name: string): Progress {
  // The cursor stays: whoever stops the tool with Ctrl-C would be left without one.
  const drawn = new SingleBar(
    { format: `${name} {bar} {percentage} %`, hideCursor: false, stream: process.stderr },
    Presets.shades_classic,
  );
  let started = false;
  return {
    at: (done, of) => {
      if (!started) drawn.start(of, 0);
      started = true;
      drawn.setTotal(of);
      drawn.update(done);
    },
    end: () => {
      if (started) drawn.stop();
      started = false;
    },
  };
}

function lines(name: string, terminal: Terminal): Progress {
  let told = 0;
  return {
    at: (done, of) => {
      const tenth = of === 0 ? 10 : Math.floor((10 * done) / of);
      if (tenth <= told) return;
      told = tenth;
      terminal.err(`${name}: ${tenth * 10} %`);
    },
    end: () => undefined,
  };
}
