#!/usr/bin/env node
/** The executable: this process as the program's host. */
import { main } from './main.js';

/** Why standard output is incomplete. */
let unwritten: string | undefined;

// A reader that has seen enough (`| head`), or that Ctrl-C has ended (`| tee`), is no error: what is computed is still to be kept.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') unwritten ??= message;
});
process.stderr.on('error', () => {}); // nowhere is left to say it

const code = await main(process.argv.slice(2));
if (unwritten !== undefined) process.stderr.write(`Standard output could not be written: ${unwritten}\n`);
process.exitCode = unwritten !== undefined && code === 0 ? 1 : code;
