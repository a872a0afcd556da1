/** A CSV of generated sequences of any length: a label, then a number for each step. */
import { type FileHandle, open } from 'node:fs/promises';
import { createRng, type Rng } from '@ostinato/core';

/** Steps of each sequence. */
export const STEPS = 40;
const ROWS_A_WRITE = 5000;

/** Writes a header and so many rows. A label is 1 when the last five numbers are positive on average. */
export async function writeGeneratedCsv(path: string, rows: number, seed: number): Promise<void> {
  const rng = createRng(seed);
  const file = await open(path, 'wx');
  try {
    await file.write(`label,${Array.from({ length: STEPS }, (_, step) => `t${step}`).join(',')}\n`);
    for (let written = 0; written < rows; written += ROWS_A_WRITE) {
      await writeRows(file, Math.min(ROWS_A_WRITE, rows - written), rng);
    }
  } finally {
    await file.close();
  }
}

async function writeRows(file: FileHandle, count: number, rng: Rng): Promise<void> {
  let text = '';
  for (let row = 0; row < count; row++) {
    let cells = '';
    let last = 0;
    for (let step = 0; step < STEPS; step++) {
      const value = (rng.uint32() % 2001) - 1000;
      if (step >= STEPS - 5) last += value;
      cells += `,${value / 1000}`;
    }
    text += `${last > 0 ? 1 : 0}${cells}\n`;
  }
  await file.write(text);
}
