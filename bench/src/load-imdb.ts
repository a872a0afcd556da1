/** Reading and padding the IMDB file. */
import { loadImdb } from '@ostinato/datasets';

export interface LoadFigures {
  readonly seconds: number;
  readonly reviews: number;
}

/** One cold load, as the program does it. */
export async function measureLoad(path: string): Promise<LoadFigures> {
  const start = performance.now();
  const { train, test } = await loadImdb({ path, numWords: 10_000, maxLen: 500 });
  return { seconds: (performance.now() - start) / 1000, reviews: train.x.shape[0]! + test.x.shape[0]! };
}
