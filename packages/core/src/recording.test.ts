import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import {
  createRng,
  meetPart,
  primitive,
  type Recording,
  type Rng,
  recordOperations,
  refuseRecording,
  stepStream,
} from './index.js';
import { foreignStream } from './recording.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});
let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});

/** What is recorded of `f` of those inputs, whose results are disposed; else why nothing is. */
function record(inputs: tf.Tensor[], f: () => tf.Tensor[]): Recording | string {
  let outcome: Recording | string = '';
  tf.tidy(() => {
    const { made, recorder } = recordOperations(inputs, f);
    outcome = recorder.finish(made);
  });
  return outcome;
}

function recorded(inputs: tf.Tensor[], f: () => tf.Tensor[]): Recording {
  const outcome = record(inputs, f);
  if (typeof outcome === 'string') throw new Error(outcome);
  return outcome;
}

function replayed(recording: Recording, ...inputs: tf.Tensor[]): number[][] {
  return replayedIn(0, recording, ...inputs);
}

function replayedIn(step: number, recording: Recording, ...inputs: tf.Tensor[]): number[][] {
  return tf.tidy(() => recording.replay(inputs, step).map((tensor) => [...tensor.dataSync()]));
}

test('the same operations on other tensors, gradients among them', () => {
  const [x, w] = [tf.tensor([1, 2, 3]), tf.tensor([2, 2, 2])];
  const square = tf.customGrad((given, save) => {
    (save as tf.GradSaveFunc)([given as tf.Tensor]);
    return {
      value: tf.mul(given as tf.Tensor, given as tf.Tensor),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(tf.mul(dy, saved!), tf.scalar(2)),
    };
  });
  const both = (): tf.Tensor[] => {
    const f = (): tf.Tensor => square(w);
    const { value, grads } = tf.engine().gradients(f, [w], undefined, true);
    return [tf.add(value, x), grads[0]!];
  };
  const recording = recorded([x, w], both);
  const [other, weights] = [tf.tensor([1, 1, 1]), tf.tensor([0.5, -1, 4])];
  expect(replayed(recording, other, weights)).toEqual([
    [1.25, 2, 17],
    [1, -2, 8],
  ]);
  recording.dispose();
  tf.dispose([x, w, other, weights]);
  expect(tf.memory().numTensors).toBe(before);
});

test('what follows from constants alone is computed once', () => {
  const x = tf.tensor([1, 2]);
  const recording = recorded([x], () => {
    const three = tf.add(tf.fill([2], 1), 2);
    return [tf.mul(x, three)];
  });
  expect(recording.length).toBe(1);
  expect(replayed(recording, tf.tensor([5, 7]))).toEqual([[15, 21]]);
  recording.dispose();
});

test('a replay leaves its results, each of its own, and nothing else', () => {
  const x = tf.tensor([1, 2]);
  const recording = recorded([x], () => {
    const y = tf.add(tf.exp(x), 1);
    return [y, y, tf.clone(x), tf.fill([2], 3)];
  });
  const other = tf.tensor([0, 0]);
  const count = tf.memory().numTensors;
  const results = tf.tidy(() => recording.replay([other], 0));
  expect(tf.memory().numTensors).toBe(count + 4);
  expect(results.map((tensor) => [...tensor.dataSync()])).toEqual([
    [2, 2],
    [2, 2],
    [0, 0],
    [3, 3],
  ]);
  for (const result of results) result.dispose();
  expect(replayed(recording, other)[3]).toEqual([3, 3]);
  recording.dispose();
  tf.dispose([x, other]);
  expect(tf.memory().numTensors).toBe(before);
});

test('an operation with several outputs, and one with a list of inputs', () => {
  const x = tf.tensor([1, 2, 3, 4], [2, 2]);
  const recording = recorded([x], () => {
    const [first, second] = tf.split(x, 2, 1);
    return [tf.concat([second!, first!], 1)];
  });
  expect(replayed(recording, tf.tensor([5, 6, 7, 8], [2, 2]))).toEqual([[6, 5, 8, 7]]);
  recording.dispose();
});

test('primitives hand each other what they like, and are repeated as a whole', () => {
  const x = tf.tensor([1, 2]);
  const calls: string[] = [];
  const recording = recorded([x], () => {
    const [sum, made] = primitive([x, undefined], (given, absent) => {
      calls.push(`first ${absent}`);
      const total = tf.sum(given).dataSync()[0]!;
      return [tf.scalar(total), { total }];
    });
    const [both] = primitive([sum, made], (tensor, object) => [tf.add(tensor, object.total)]);
    return [both];
  });
  expect(replayed(recording, tf.tensor([10, 20]))).toEqual([[60]]);
  expect(calls).toEqual(['first undefined', 'first undefined']);
  recording.dispose();
});

class Counter {
  #count = 0;
  readonly step = () => 10;
  next(): number {
    this.#count += this.step();
    return this.#count;
  }
}

test('while it is recorded, what a primitive returned gives what it gives otherwise', () => {
  const x = tf.tensor([1, 2]);
  const found: number[] = [];
  const why = record([x], () => {
    const [counter] = primitive([x], () => [Object.freeze(new Counter())]);
    found.push(counter.next(), counter.next(), counter.step());
    return [tf.exp(x)];
  });
  expect(found).toEqual([10, 20, 10]);
  expect(why).toBe('what a primitive returned is looked at outside of one');
  x.dispose();
});

/** Two numbers, in a primitive. */
function drawn(rng: Rng): tf.Tensor {
  return primitive([rng], (stream) => [tf.tensor([stream.uniform(), stream.uniform()])])[0];
}

test('random numbers are those of the step, and a stream goes on where it stood', () => {
  const x = tf.tensor([0, 10]);
  const streamOf = (step: number): Rng => stepStream((at) => createRng(5).split(at), step);
  const f = (step: number): tf.Tensor[] => {
    const [rng, other] = [streamOf(step), streamOf(step).split('other')];
    return [tf.add(x, drawn(rng)), tf.add(x, drawn(rng)), tf.add(x, drawn(other)), tf.add(x, drawn(rng))];
  };
  const read = (tensors: tf.Tensor[]): number[][] => tensors.map((tensor) => [...tensor.dataSync()]);
  const eager = (step: number): number[][] => tf.tidy(() => read(f(step))) as unknown as number[][];
  let made: number[][] = [];
  const recording = recorded([x], () => {
    const first = f(1);
    made = first.map((tensor) => [...(tf.engine().backend.readSync(tensor.dataId) as Float32Array)]);
    return first;
  });
  expect(made).toEqual(eager(1));
  expect(eager(2)).not.toEqual(eager(1));
  expect(replayedIn(2, recording, x)).toEqual(eager(2));
  expect(replayedIn(1, recording, x)).toEqual(eager(1));
  expect(new Set(eager(2).map(([first]) => first)).size).toBe(4);
  recording.dispose();
  x.dispose();
});

test('a primitive without outputs may throw, and nothing is left', () => {
  const x = tf.tensor([1, 2]);
  const recording = recorded([x], () => {
    primitive([x], (given) => {
      if (given.dataSync()[0]! < 0) throw new Error('negative');
      return [];
    });
    return [tf.sqrt(tf.add(x, 1))];
  });
  const bad = tf.tensor([-1, 2]);
  const count = tf.memory().numTensors;
  expect(() => replayed(recording, bad)).toThrow('negative');
  expect(tf.memory().numTensors).toBe(count);
  expect(replayed(recording, tf.tensor([0, 3]))).toEqual([[1, 2]]);
  recording.dispose();
});

function afterwards(first: () => void, x: tf.Tensor): tf.Tensor {
  first();
  return tf.exp(x);
}

test.each<[string, (x: tf.Tensor) => tf.Tensor]>([
  ['values are read back', (x) => tf.mul(x, x.dataSync()[0]!)],
  [
    'random numbers are drawn outside of a primitive',
    (x) => tf.mul(x, foreignStream(createRng(1)).split('noise').uniform()),
  ],
  [
    'random numbers are drawn outside of a primitive',
    (x) =>
      tf.mul(
        x,
        stepStream((step) => createRng(step), 1)
          .split('noise')
          .state()[0],
      ),
  ],
  ['random numbers are drawn outside of a primitive', (x) => tf.mul(x, stepStream(createRng, 1).origin()[0])],
  [
    'random numbers are drawn outside of a primitive',
    (x) => {
      const stream = stepStream(createRng, 1); // reaches the inner one past the inputs of the outer one
      return primitive([x], (given) => [tf.mul(given, drawn(stream))])[0];
    },
  ],
  [
    'what a primitive returned is looked at outside of one',
    (x) => tf.mul(x, primitive([stepStream(createRng, 1)], (stream) => [stream])[0].uniform()),
  ],
  [
    'what a primitive returned is looked at outside of one',
    (x) => {
      const [{ number }] = primitive([stepStream(createRng, 1)], (stream) => [{ number: stream.uniform() }]);
      return number < 0.5 ? x : tf.mul(x, 2);
    },
  ],
  [
    'what a primitive returned is looked at outside of one',
    (x) => tf.mul(x, Object.keys(primitive([x], () => [{ a: 1, b: 2 }])[0]).length),
  ],
  [
    'what a primitive returned is looked at outside of one',
    (x) => ('a' in primitive([x], () => [{ a: 1 }])[0] ? x : tf.exp(x)),
  ],
  [
    'a stream of random numbers does not follow from the step',
    (x) => tf.mul(x, drawn(foreignStream(createRng(1)).split('noise'))),
  ],
  ['a part is not said to be repeatable', (x) => afterwards(() => meetPart({}, 'a part'), x)],
  ['for a reason', (x) => afterwards(() => refuseRecording('for a reason'), x)],
])('%s: no recording', (why, f) => {
  const x = tf.tensor([1, 2]);
  expect(record([x], () => [f(x)])).toBe(why);
  x.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('a tensor from elsewhere ends a recording, and so does one that is two inputs', () => {
  const [x, other] = [tf.tensor([1, 2]), tf.tensor([1, 1])];
  expect(record([x], () => [tf.mul(x, other)])).toBe(
    'Multiply reads something that no recorded operation made',
  );
  expect(record([x], () => [other])).toBe('the caller reads something that no recorded operation made');
  expect(record([x, x], () => [tf.exp(x)])).toBe('two inputs are one tensor');
  tf.dispose([x, other]);
  expect(tf.memory().numTensors).toBe(before);
});

class Said {
  static readonly repeatable: boolean = true;
  readonly own = 1;
}
class Inherited extends Said {}
class Unsaid extends Said {
  static override readonly repeatable = false;
}
test.each<[string, object, boolean]>([
  ['an object', { repeatable: true }, true],
  ['an object that says no', { repeatable: false }, false],
  ['one whose class says it', new Said(), true],
  ['a subclass of that class', new Inherited(), false],
  ['a subclass that says no', new Unsaid(), false],
  ['an object behind one', Object.create({ repeatable: true }), false],
])('who is let in: %s', (_, part, isIn) => {
  const x = tf.tensor([1, 2]);
  const outcome = record([x], () => {
    meetPart(part, 'it');
    return [tf.exp(x)];
  });
  if (typeof outcome !== 'string') outcome.dispose();
  expect(typeof outcome).toBe(isIn ? 'object' : 'string');
  x.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('what a primitive returns is new', () => {
  const x = tf.tensor([1, 2]);
  const why = 'a primitive returns what is not new';
  expect(record([x], () => [...primitive([x], (given) => [given])])).toBe(why);
  const twice = (): tf.Tensor[] => {
    const made = tf.exp(x);
    return [...primitive([x], (_) => [made])];
  };
  expect(record([x], twice)).toBe(why);
  const ofClone = (): tf.Tensor[] => [...primitive([tf.clone(x)], (given) => [given])];
  expect(record([x], ofClone)).toBe(why);
  x.dispose();
});

test('a shape that depends on values is no mistake that goes unseen', () => {
  const x = tf.tensor([1, 1, 2]);
  const recording = recorded([x], () => [tf.unique(x).values]);
  expect(replayed(recording, tf.tensor([3, 4, 4]))).toEqual([[3, 4]]);
  const other = tf.tensor([3, 4, 5]);
  const count = tf.memory().numTensors;
  expect(() => replayed(recording, other)).toThrow('a shape depends on values');
  expect(tf.memory().numTensors).toBe(count);
  recording.dispose();
});

test('lists that a kernel was called with may be used again', () => {
  const x = tf.tensor([1, 2, 3, 4]);
  const shape: [number, number] = [2, 2];
  const recording = recorded([x], () => [tf.engine().runKernel('Reshape', { x }, { shape }) as tf.Tensor]);
  shape[0] = 4;
  expect(replayed(recording, x)).toEqual([[1, 2, 3, 4]]);
  recording.dispose();
  x.dispose();
});

test('an array that constants were made of may be filled again', () => {
  const x = tf.tensor([1, 2]);
  const values = Float32Array.of(1, 2);
  const recording = recorded([x], () => {
    const first = tf.tensor(values);
    values.fill(5);
    return [tf.mul(x, first), tf.mul(x, tf.tensor(values))];
  });
  values.fill(7);
  expect(replayed(recording, x)[0]).toEqual([1, 4]);
  expect(replayed(recording, x)[1]).toEqual([5, 10]);
  recording.dispose();
  x.dispose();
});

test('an operation that nobody needs is called all the same', () => {
  const x = tf.tensor([1, 2]);
  const recording = recorded([x], () => {
    tf.exp(x);
    return [tf.mul(x, 2)];
  });
  expect(recording.length).toBe(2);
  const count = tf.memory().numTensors;
  expect(replayed(recording, x)).toEqual([[2, 4]]);
  expect(tf.memory().numTensors).toBe(count);
  recording.dispose();
  x.dispose();
});

test('of constants it keeps what is read', () => {
  const x = tf.tensor([1, 2]);
  const recording = recorded([x], () => {
    const large = tf.fill([1000], 2);
    return [tf.mul(x, tf.sum(large)), tf.mul(x, 3)];
  });
  expect(recording.constantBytes).toBe(8);
  recording.dispose();
  x.dispose();
});

test('an error ends the recording and leaves the engine as it was', () => {
  const x = tf.tensor([1, 2]);
  const fails = (): tf.Tensor[] => {
    tf.mul(x, 2);
    throw new Error('broken');
  };
  expect(() => record([x], fails)).toThrow('broken');
  const { runKernelFunc, readSync } = Object.getPrototypeOf(tf.engine());
  expect(tf.engine()).toMatchObject({ runKernelFunc, readSync });
  x.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

/** What somebody may call of a stream. */
const DRAWS: Readonly<Record<string, (stream: Rng) => unknown>> = {
  uint32: (stream) => stream.uint32(),
  uniform: (stream) => stream.uniform(-1, 1),
  int: (stream) => stream.int(1000),
  normal: (stream) => stream.normal(),
  truncatedNormal: (stream) => stream.truncatedNormal(),
  shuffle: (stream) => stream.shuffle([1, 2, 3, 4, 5]),
  permutation: (stream) => stream.permutation(9),
  state: (stream) => stream.state(),
  origin: (stream) => stream.origin(),
  split: (stream) => stream.split('a').split(2).uint32(),
};

test.each(Object.getOwnPropertyNames(Object.getPrototypeOf(createRng(1))))(
  'while it is recorded, a stream gives the numbers that it gives otherwise, and that is heard: %s',
  (name) => {
    if (name === 'constructor') return;
    const draw = DRAWS[name]!;
    const x = tf.tensor([1, 2]);
    for (const stream of [foreignStream, (of: Rng) => stepStream(() => of, 1)]) {
      const found: unknown[] = [];
      const why = record([x], () => {
        const drawnFrom = stream(createRng(7));
        found.push(draw(drawnFrom), draw(drawnFrom));
        return [tf.exp(x)];
      });
      const plain = createRng(7);
      expect(found).toEqual([draw(plain), draw(plain)]);
      expect(why).toBe('random numbers are drawn outside of a primitive');
    }
    x.dispose();
  },
);

test('a replay wants as many inputs as there were', () => {
  const x = tf.tensor([1, 2]);
  const recording = recorded([x], () => [tf.add(x, drawn(stepStream(createRng, 1)))]);
  for (const inputs of [[], [x, x]])
    expect(() => replayed(recording, ...inputs)).toThrow(`${inputs.length} inputs in place of 1`);
  recording.dispose();
  x.dispose();
});
