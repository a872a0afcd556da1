// Two ways to run a program: quietly, its output shown only when it fails; or in the foreground, as if it were this one.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './layout.mjs';

/**
 * Runs a program and keeps its output.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number }} [options]  timeout in milliseconds
 * @returns {Promise<{ code: number, output: string, stdout: string }>} output is both streams as they came
 */
export function run(command, args, { cwd = root, env = process.env, timeout } = {}) {
  return new Promise((resolve, reject) => {
    // npm and pnpm are .cmd files on Windows, which only a shell starts.
    const shell = process.platform === 'win32' && !command.endsWith('.exe');
    const child = spawn(command, args, { cwd, env, shell, timeout, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal && timeout) output += `\n(stopped by ${signal}; the limit is ${timeout / 1000} s)\n`;
      resolve({ code: exitCode(code, signal), output, stdout });
    });
  });
}

/**
 * As `run`, announced in one line with its duration; shows everything and exits when the program fails.
 *
 * @param {string} title  such as 'Building 10 packages'
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function runStep(title, command, args, env = process.env) {
  process.stdout.write(`${title} …\n`);
  const start = performance.now();
  const { code, output, stdout } = await run(command, args, { env });
  const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`;
  if (code === 0) {
    process.stdout.write(`  done in ${seconds}\n`);
    return stdout;
  }
  process.stdout.write(`${output.trimEnd()}\n`);
  process.stderr.write(
    `\n${title}: failed after ${seconds} (exit code ${code}). Its full output is above.\n`,
  );
  process.exit(code);
}

/**
 * Runs a Node program in the foreground: same terminal, same standard input; its exit code is the answer.
 *
 * At a terminal Ctrl-C reaches the program by itself, so it is forwarded only when there is none.
 *
 * @param {string[]} args  the script and its arguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>}
 */
export function runInForeground(args, { cwd = root, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: 'inherit' });
    const atTerminal = Boolean(process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY);
    process.on('SIGINT', () => atTerminal || child.kill('SIGINT'));
    for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
      process.on(signal, () => child.kill(signal));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(exitCode(code, signal)));
  });
}

/** The shell's convention: 128 + the signal's number. @param {number | null} code @param {NodeJS.Signals | null} signal */
function exitCode(code, signal) {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}
