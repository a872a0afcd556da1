/** Readers of models: the file, the description in it, and the JSON of layers, losses, metrics and optimizers. */
import { createHash } from 'node:crypto';
import { useBackend } from '@ostinato/backend';
import { createRegistry, input, type Layer, type SymbolicTensor } from '@ostinato/core';
import {
  activation,
  add,
  batchNormalization,
  bidirectional,
  concatenate,
  conv1d,
  dense,
  dropout,
  embedding,
  flatten,
  gru,
  layerNormalization,
  layers,
  lstm,
  lstmCell,
  masking,
  maxPooling1d,
  permute,
  repeatVector,
  reshape,
  rnn,
  simpleRNN,
  simpleRNNCell,
  stackedRNNCells,
  timeDistributed,
} from '@ostinato/layers';
import {
  adam,
  type GraphModel,
  loadWeights,
  model,
  modelFromBytes,
  reduceLROnPlateau,
  type Sequential,
  sequential,
  sgd,
  weightsToBytes,
} from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { bytesOf } from './mutations.js';
import type { Envelope, Target } from './target.js';

const registry = createRegistry([layers]);

/** The header of a safetensors file, put back with a length that fits; `change` goes deeper into it. */
function header(open: (text: string) => string, close: (text: string, part: string) => string): Envelope {
  const split = (file: Uint8Array) => {
    const size = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
    return { text: new TextDecoder().decode(file.subarray(8, 8 + size)), data: file.subarray(8 + size) };
  };
  return {
    json: true,
    open: (file) => bytesOf(open(split(file).text)),
    close(file, part) {
      const { text, data } = split(file);
      const changed = bytesOf(close(text, new TextDecoder().decode(part)));
      const whole = new Uint8Array(8 + changed.length + data.length);
      new DataView(whole.buffer).setBigUint64(0, BigInt(changed.length), true);
      whole.set(changed, 8);
      whole.set(data, 8 + changed.length);
      return whole;
    },
  };
}

const text = header(
  (whole) => whole,
  (_, part) => part,
);
/** The description of the model, which stands in the header as a text. */
const description = header(
  (whole) => JSON.parse(whole).__metadata__.model,
  (whole, model) => {
    const parsed = JSON.parse(whole);
    return JSON.stringify({ ...parsed, __metadata__: { ...parsed.__metadata__, model } });
  },
);

function models(): Sequential[] {
  const words = sequential(
    [
      embedding({ inputDim: 12, outputDim: 3, maskZero: true }),
      bidirectional({ layer: lstm({ units: 3, returnSequences: true }), mergeMode: 'concat' }),
      rnn({ cell: stackedRNNCells({ cells: [simpleRNNCell({ units: 2 }), lstmCell({ units: 3 })] }) }),
      dropout({ rate: 0.5 }),
      dense({ units: 1, activation: 'sigmoid', kernelRegularizer: 'l2' }),
    ],
    { registry, seed: 1, inputShape: [5] },
  );
  words.compile({
    optimizer: adam({ learningRate: 0.1 }),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
  });
  const steps = sequential(
    [
      masking({}),
      conv1d({ filters: 3, kernelSize: 2, padding: 'causal' }),
      maxPooling1d({ poolSize: 2 }),
      batchNormalization(),
      layerNormalization(),
      gru({ units: 3, returnSequences: true, recurrentInitializer: 'orthogonal' }),
      timeDistributed({ layer: dense({ units: 2 }) }),
      permute({ dims: [2, 1] }),
      flatten(),
      repeatVector({ n: 2 }),
      simpleRNN({ units: 2, stateful: true }),
      reshape({ targetShape: [2, 1] }),
      activation({ activation: 'tanh' }),
    ],
    { registry, seed: 2, inputShape: [6, 2] },
  );
  steps.compile({ optimizer: sgd({ momentum: 0.9 }), loss: 'meanSquaredError' });
  return [words, steps];
}

/** Two inputs, two outputs, a layer used twice, and a model as a layer. */
function graph(): GraphModel<unknown> {
  const [words, extra] = [
    input({ shape: [5], name: 'words', dtype: 'int32' }),
    input({ shape: [2], name: 'extra' }),
  ];
  const vectors = embedding({ inputDim: 12, outputDim: 3, name: 'vectors' }).apply(words);
  const shared = gru({ units: 3, name: 'shared' });
  const inner = sequential([dense({ units: 3, activation: 'tanh' }), dense({ units: 2 })], {
    registry,
    seed: 5,
    name: 'inner',
    inputShape: [6],
  });
  const both = concatenate({ name: 'both' }).apply([shared.apply(vectors), shared.apply(vectors)]);
  const state = add({ name: 'sum' }).apply([inner.asLayer().apply(both) as SymbolicTensor, extra]);
  const outputs = { kind: dense({ units: 1, name: 'kind', activation: 'sigmoid' }).apply(state), state };
  const made = model({ inputs: [words, extra], outputs, name: 'heads' }, { registry, seed: 4 });
  made.compile({
    optimizer: 'adam',
    loss: { kind: 'binaryCrossentropy', state: 'mse' },
    lossWeights: { state: 0.5 },
  });
  return made;
}

/** A model that is given the weights of one file after the other. */
async function weightsTarget(): Promise<Target> {
  const made = sequential([lstm({ units: 3 }), dense({ units: 1 })], {
    registry,
    seed: 3,
    inputShape: [4, 2],
  });
  const seeds = [weightsToBytes(await made.getWeights())];
  return { name: 'weights', seeds, layers: [text], read: (bytes) => loadWeights(made, bytes) };
}

function readLayer(bytes: Uint8Array): void {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return; // no JSON is what `JSON.parse` speaks of, not the registry
  }
  registry.layerFromJSON(json).dispose();
}

/** Where the seal of a training state stands: the size of the file, and the hash of all else. */
const SEAL = {
  hash: 8 + '{"__metadata__":{"sha256":"'.length,
  size: 8 + '{"__metadata__":{"sha256":"'.length + 64 + '","bytes":"'.length,
};

/** The header of a training state, put back under a seal that fits: as somebody would who means harm. */
const sealed: Envelope = {
  ...text,
  close(file, part) {
    const whole = text.close(file, part);
    if (whole.length < SEAL.size + 15) return whole;
    whole.set(bytesOf(String(whole.length).padStart(15, '0')), SEAL.size);
    whole.set(bytesOf('0'.repeat(64)), SEAL.hash);
    whole.set(bytesOf(createHash('sha256').update(whole).digest('hex')), SEAL.hash);
    return whole;
  },
};

/** A model that takes up one training state after the other. */
async function trainingStateTarget(): Promise<Target> {
  const model = sequential([lstm({ units: 3, stateful: true }), dense({ units: 1 })], { registry, seed: 3 });
  model.compile({ optimizer: adam(), loss: 'meanSquaredError', metrics: ['meanAbsoluteError'] });
  const x = { data: Float32Array.from({ length: 24 }, (_, i) => i / 24), shape: [4, 3, 2] };
  await model.fit(x, [0, 1, 0, 1], {
    epochs: 2,
    batchSize: 4,
    callbacks: [reduceLROnPlateau({ monitor: 'loss' })],
  });
  const state = await model.trainingState();
  await model.restoreTrainingState(state);
  return {
    name: 'training state',
    seeds: [state],
    layers: [sealed, sealed, sealed],
    read: (bytes) => model.restoreTrainingState(bytes),
  };
}

/** Starts the cpu backend and makes the files that are damaged. */
export async function modelTargets(): Promise<Target[]> {
  await useBackend('cpu');
  const all = models();
  const files = await Promise.all(all.map((made) => made.toBytes()));
  const placed = all.flatMap((made): Layer[] => made.layers.map(({ layer }) => layer));
  const jsons = placed.map((layer) => bytesOf(JSON.stringify(registry.layerToJSON(layer))));
  for (const made of all) made.dispose();
  const heads = graph();
  const graphs = [await heads.toBytes()];
  heads.dispose();
  const read = async (bytes: Uint8Array): Promise<void> =>
    (await modelFromBytes(bytes, { registry })).dispose();
  const held = (): number => tf.memory().numTensors;
  return [
    {
      name: 'model file',
      seeds: files,
      layers: [text, description, description],
      read,
      held,
    },
    { name: 'graph model file', seeds: graphs, layers: [text, description, description], read, held },
    await weightsTarget(),
    await trainingStateTarget(),
    { name: 'layer', json: true, seeds: jsons, read: readLayer },
  ];
}
