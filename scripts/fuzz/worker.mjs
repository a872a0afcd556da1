// A process that reads damaged files, and somebody who watches it: it may run out of memory, or never come back.
import { fork } from 'node:child_process';

/** @typedef {{ target: string, seed: number, runs: number }} Block */
/** @typedef {{ finding?: string, alive: boolean }} Outcome  `alive`: whether the process can take another block */

const HEAP_MEGABYTES = 700;
const LONGEST_BLOCK = 600_000;

/** @param {string} program @returns {Promise<string[]>} */
export async function targetNames(program) {
  const child = start(program);
  const names = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) =>
      reject(new Error(`the worker ended with exit code ${code}; run pnpm build`)),
    );
    child.send({ list: true });
  });
  child.removeAllListeners('exit');
  child.kill();
  return names;
}

/** @param {string} program */
export function watchedWorker(program) {
  const child = start(program);
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    complaints = (complaints + text).slice(-2000);
  });
  return {
    /** @param {Block} block @returns {Promise<Outcome>} */
    run(block) {
      return new Promise((resolve) => {
        /** @param {Outcome} outcome */
        const end = (outcome) => {
          clearTimeout(timer);
          child.removeAllListeners('message').removeAllListeners('exit');
          resolve(outcome);
        };
        const timer = setTimeout(() => {
          child.kill('SIGKILL');
          end({ finding: `no end after ${LONGEST_BLOCK / 1000} s`, alive: false });
        }, LONGEST_BLOCK);
        child.once('message', (finding) =>
          end(finding === null ? { alive: true } : { finding: String(finding), alive: true }),
        );
        child.once('exit', (code, signal) =>
          end({
            finding: `the process ended (${signal ?? `exit code ${code}`})\n${complaints}`,
            alive: false,
          }),
        );
        child.send(block);
      });
    },
    stop() {
      child.kill();
    },
  };
}

/** @param {string} program */
function start(program) {
  return fork(program, [], {
    execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}
