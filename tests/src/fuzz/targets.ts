/** All readers of bytes and JSON that take what they are given from anyone. */
import { datasetTargets } from './dataset-targets.js';
import { modelTargets } from './model-targets.js';
import type { Target } from './target.js';

export async function allTargets(): Promise<Target[]> {
  return [...datasetTargets(), ...(await modelTargets())];
}
