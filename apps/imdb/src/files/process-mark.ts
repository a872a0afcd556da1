/** A process as a file tells of it, and whether it still is. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { promisify } from 'node:util';

/** A process that trains a run. */
export interface Mark {
  readonly pid: number;
  readonly host: string;
  /** Tells it from a later process with its number; null where the system does not say. */
  readonly born: string | null;
  /** Of the machine when the mark was made, in seconds. */
  readonly uptime: number;
  readonly since: string;
}

export async function markOf(pid: number): Promise<Mark> {
  return {
    pid,
    host: hostname(),
    born: await birthOf(pid),
    uptime: uptime(),
    since: new Date().toISOString(),
  };
}

/** Undefined for what a loss of power left of a mark. */
export function parseMark(text = ''): Mark | undefined {
  try {
    const mark = JSON.parse(text) as Partial<Mark> | null;
    return Number.isInteger(mark?.pid) && mark!.pid! > 0 ? (mark as Mark) : undefined;
  } catch {
    return undefined;
  }
}

/** A process of another machine may live: it cannot be seen from here. */
export async function lives({ pid, host, born, uptime: then }: Mark): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = born === null ? null : await birthOf(pid);
  return now === null ? uptime() >= then : now === born; // less time since the boot: it was another boot
}

/** Linux: the boot, and ticks from there to the start. Elsewhere a date; Windows is slow to tell. */
async function birthOf(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // behind the name, which may be anything
      const [state, ticks] = [fields[0]!, fields[19]];
      if ('ZX'.includes(state)) return 'ended'; // killed, and nobody has asked how it ended
      return `${(await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()} ${ticks}`;
    }
    if (process.platform === 'win32') return null;
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', `${pid}`], { env });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}
