import { readdir, readFile } from 'node:fs/promises';
import type { Emulator } from './emulator.ts';

/**
 * Ends, as kill -9 does, every process in which that emulator runs a function whose name holds
 * `name`. Returns how many. Linux only.
 */
export async function killFunctions(emulator: Emulator, name: string): Promise<number> {
  let killed = 0;
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const [stat, command] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
      readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    ]);
    // After the name in parentheses: state, parent, group.
    const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
    if (group !== emulator.group || !command.includes('_worker') || !command.includes(name)) {
      continue;
    }
    try {
      process.kill(Number(pid), 'SIGKILL');
      killed += 1;
    } catch {
      // It has ended by itself.
    }
  }
  return killed;
}
