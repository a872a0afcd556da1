import { useBackend } from '@ostinato/backend';
import { Layer, type Shape } from '@ostinato/core';
import { beforeAll, expect, test } from 'vitest';
import { sequential } from './sequential.js';
import { readGoldenText } from './test-support/golden.js';
import { dense, embedding, testRegistry } from './test-support/test-layers.js';

beforeAll(async () => {
  await useBackend('cpu');
});

/** Has the weights of a SimpleRNN of 32 units. */
class SimpleRNN extends Layer {
  readonly registeredName = '@test/layers>SimpleRNN';
  override build({ param }: Parameters<Layer['build']>[0]): void {
    const sizes = [[32, 32], [32, 32], [32]];
    this.params = sizes.map((shape, i) => param(`weight${i}`, shape, { initializer: 'zeros' }));
  }
  call(): never {
    throw new Error('not called');
  }
  outputShapes([shape]: readonly Shape[]): readonly Shape[] {
    return [[shape![0]!, 32]];
  }
  getConfig(): Record<string, never> {
    return {};
  }
}

const imdb = (options: object) =>
  sequential(
    [
      embedding({ inputDim: 10_000, outputDim: 32 }),
      new SimpleRNN(),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    { registry: testRegistry(), ...options },
  );

function printed(model: { summary: ReturnType<typeof sequential>['summary'] }): string[] {
  const lines: string[] = [];
  model.summary({ print: (line) => lines.push(line) });
  return lines;
}

test('the layout and the counts are those of Keras, then come the kernels', () => {
  const model = imdb({ inputShape: [500] });
  const lines = printed(model);
  const [keras] = readGoldenText('summary.txt').trimEnd().split('\n\n');
  expect(lines.slice(0, 13).join('\n')).toBe(keras);
  expect(lines.slice(13)).toEqual([
    ' Kernels:',
    "  embedding  embedding.lookup  reference: no plugin brings a kernel for 'embedding.lookup'",
  ]);
  expect(model.countParams()).toBe(322_113);
  model.dispose();
});

test('after the first step the numbers that the optimizer keeps are counted as Keras does', async () => {
  const model = sequential([dense({ units: 2 }), dense({ units: 1, trainable: false })], {
    registry: testRegistry(),
  });
  model.compile({ optimizer: 'adam', loss: 'mse' });
  await model.fit([[1, 2, 3]], [[1]]);
  expect(printed(model)).toEqual(
    expect.arrayContaining([
      ' Total params: 29 (116.00 B)',
      ' Trainable params: 8 (32.00 B)',
      ' Non-trainable params: 3 (12.00 B)',
      ' Optimizer params: 18 (72.00 B)',
    ]),
  );
});

test('an unbuilt model shows what is not known yet', () => {
  expect(printed(imdb({}))[4]).toMatch(/│ embedding \(Embedding\) +│ \? +│ +0 \(unbuilt\) │/);
});

test('long names widen their column', () => {
  const name = 'a_name_that_is_longer_than_the_column_of_keras';
  const lines = printed(
    sequential([dense({ units: 1, name })], { registry: testRegistry(), inputShape: [2] }),
  );
  expect(lines.some((line) => line.includes(`│ ${name} (Dense) │ (None, 1)`))).toBe(true);
  expect(new Set(lines.slice(1, 6).map((line) => line.length)).size).toBe(1);
});
