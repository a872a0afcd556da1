/** `npm run train`: a model with the MGU learns to tell praise from blame in the generated sample corpus. */
import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import { encodeText, padSequences, sampleCorpus } from '@ostinato/datasets';
import { kernels } from '@ostinato/kernels';
import { dense, embedding, layers } from '@ostinato/layers';
import { adam, type Logs, type Sequential, sequential } from '@ostinato/training';
import { mgu, mguPlugin } from './index.js';

const EPOCHS = 4;
const MAX_LEN = 40;
const NUM_WORDS = 1000;

/** Reviews of one's own. In most of them the words of praise and of blame alone decide nothing. */
const REVIEWS = [
  'The acting is superb.',
  'The script is not dull.',
  'I cannot say that the camera is brilliant.',
  'It starts boring but ends gripping.',
  'It starts gripping but ends boring.',
  'My uncle called it wonderful, I call it dreadful.',
];

type Corpus = ReturnType<typeof sampleCorpus>;

function makeModel(): Sequential {
  const model = sequential(
    [
      embedding({ inputDim: NUM_WORDS, outputDim: 16, maskZero: true }),
      mgu({ units: 16 }),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    { registry: createRegistry([layers, kernels, mguPlugin]), seed: 1, inputShape: [MAX_LEN] },
  );
  model.compile({
    optimizer: adam({ learningRate: 0.005 }),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

function printEpoch(epoch: number, logs: Logs): void {
  const figures = Object.entries(logs).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  console.log(`Epoch ${epoch + 1}/${EPOCHS}  ${figures.join('  ')}`);
}

/** What the model thinks of `REVIEWS`: the probability that each is praise. */
async function printOpinions(model: Sequential, { wordIndex, encoding }: Corpus): Promise<void> {
  const ids = REVIEWS.map((text) => encodeText(text, wordIndex, encoding));
  const output = await model.predict(padSequences(ids, { maxLen: MAX_LEN }));
  const probabilities = await output.data();
  output.dispose();
  console.log('\nPraise?');
  REVIEWS.forEach((text, i) => {
    console.log(`  ${(100 * probabilities[i]!).toFixed(1).padStart(5)} %  ${text}`);
  });
}

const { backend } = await useBackend('wasm');
const corpus = sampleCorpus({ seed: 1, reviews: 4000, maxLen: MAX_LEN, numWords: NUM_WORDS });
const { train, test, source } = corpus;
console.log(`Data:    ${source.name}, ${train.x.shape[0]} reviews + ${test.x.shape[0]} for the test`);
console.log(`Backend: ${backend}\n`);

const model = makeModel();
model.summary();
console.log();
await model.fit(train.x, train.y, {
  epochs: EPOCHS,
  validationSplit: 0.2,
  callbacks: [{ onEpochEnd: printEpoch }],
});
await printOpinions(model, corpus);
const { accuracy } = await model.evaluate(test.x, test.y);
console.log(`\nTest Accuracy: ${accuracy!.toFixed(4)} (chance: 0.5; generated reviews, not IMDB)`);
model.dispose();
