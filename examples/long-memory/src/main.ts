/** `npm run train -- --task adding --steps 200`: which recurrent layer solves the task? */
import { parseArgs } from 'node:util';
import { useBackend } from '@ostinato/backend';
import { createRegistry, type Registry } from '@ostinato/core';
import { datasets } from '@ostinato/datasets';
import { createKernels } from '@ostinato/kernels';
import { layers } from '@ostinato/layers';
import { type LayerName, type Outcome, RECURRENT, type Recipe, trainOne } from './compare.js';
import { outcomeLines } from './print-outcomes.js';
import { TASKS } from './tasks.js';

const { values } = parseArgs({
  options: {
    task: { type: 'string', default: 'adding' },
    /** How far back: T. */
    steps: { type: 'string', default: '200' },
    layers: { type: 'string', default: Object.keys(RECURRENT).join(',') },
    units: { type: 'string', default: '64' },
    epochs: { type: 'string', default: '20' },
    'batch-size': { type: 'string', default: '32' },
    'steps-per-epoch': { type: 'string', default: '200' },
    'learning-rate': { type: 'string', default: '0.003' },
    /** Longest gradient, of all weights together; left out, as it comes. */
    'clip-norm': { type: 'string' },
    seed: { type: 'string', default: '1' },
    /** A number, or as many as there are processors; the results do not depend on it. */
    threads: { type: 'string', default: 'auto' },
  },
});

const names = values.layers.split(',') as LayerName[];
const unknown = names.find((name) => !(name in RECURRENT));
if (!(values.task in TASKS) || unknown !== undefined) {
  console.error(
    `--task is one of ${Object.keys(TASKS).join(', ')}; --layers some of ${Object.keys(RECURRENT).join(',')}`,
  );
  process.exit(2);
}

const recipe: Recipe = {
  units: Number(values.units),
  epochs: Number(values.epochs),
  batchSize: Number(values['batch-size']),
  stepsPerEpoch: Number(values['steps-per-epoch']),
  learningRate: Number(values['learning-rate']),
  clipNorm: values['clip-norm'] === undefined ? null : Number(values['clip-norm']),
  seed: Number(values.seed),
};
const { backend } = await useBackend('wasm');
const kernels = createKernels({ threads: values.threads === 'auto' ? 'auto' : Number(values.threads) });
const registry = createRegistry([layers, kernels, datasets]) as unknown as Registry;
const task = TASKS[values.task as keyof typeof TASKS](Number(values.steps));
console.log(`${task.title}: ${task.loss}, without memory ${task.baseline.toFixed(5)}`);
const clipped = recipe.clipNorm === null ? '' : `, gradients clipped at ${recipe.clipNorm}`;
console.log(
  `Backend ${backend}; units ${recipe.units}, Adam ${recipe.learningRate}${clipped}, seed ${recipe.seed}\n`,
);

const outcomes: Outcome[] = [];
for (const name of names) outcomes.push(await trainOne(name, task, recipe, registry, console.log));
console.log(`\n${outcomeLines(outcomes).join('\n')}`);
for (const { layer, route } of outcomes)
  if (route !== 'fused') console.log(`\n${layer} ran without a kernel: ${route}`);
