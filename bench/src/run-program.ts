/** The IMDB program as its users start it, in a process of its own. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What is used of the program's `--json`. Units: seconds; accuracies are parts in [0, 1]. */
export interface ProgramReport {
  readonly seconds: Readonly<Record<'load' | 'train' | 'evaluate' | 'total', number>>;
  readonly weightsSha256: string;
  readonly settings: {
    readonly batchSize: number;
    readonly epochs: number;
    readonly validationSplit: number;
  };
  readonly data: { readonly train: number };
  readonly epochs: readonly { readonly valAccuracy: number }[];
}

/** The recurrent layers that it trains. */
export const MODEL_NAMES = ['simple-rnn', 'lstm', 'gru', 'bi-lstm'] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

export interface ProgramRequest {
  readonly seed: number;
  readonly threads: number;
  /** Default: the program's own. */
  readonly model?: ModelName;
  readonly bucket?: boolean;
}

const PROGRAM = fileURLToPath(new URL('../../apps/imdb/dist/cli.js', import.meta.url));

/**
 * Calls `use` with a function that trains and tests once on the file `data`. What the runs write is deleted.
 *
 * Throws   what the program ended with; what `use` throws
 */
export async function withProgram(
  data: string,
  use: (run: (request: ProgramRequest) => Promise<ProgramReport>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ostinato-program-'));
  let runs = 0;
  const run = async ({ seed, threads, model, bucket }: ProgramRequest): Promise<ProgramReport> => {
    const out = join(folder, `run${runs++}`); // several may run at once
    const json = `${out}.json`;
    const argv = ['train', '--data', resolve(data), '--offline', '--quiet', '--json', json, '--out', out];
    argv.push('--seed', String(seed), '--threads', String(threads));
    if (model) argv.push('--model', model);
    if (bucket) argv.push('--bucket');
    await promisify(execFile)(process.execPath, [PROGRAM, ...argv]);
    await rm(out, { recursive: true });
    return JSON.parse(await readFile(json, 'utf8')) as ProgramReport;
  };
  try {
    await use(run);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
