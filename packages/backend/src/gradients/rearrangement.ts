/** Gradients of kernels that move values without changing them. */
import * as tf from '@tensorflow/tfjs-core';
import { list, single } from './gradient-forms.js';

function reshaping(kernelName: string, input: string): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: [input],
    gradFunc: (dy, saved) => ({ [input]: () => tf.reshape(single(dy), saved[0]!.shape) }),
  };
}
const transpose: tf.GradConfig = {
  kernelName: 'Transpose',
  gradFunc: (dy, _, attrs) => {
    const perm = attrs.perm as number[];
    return {
      x: () =>
        tf.transpose(
          single(dy),
          perm.map((__, axis) => perm.indexOf(axis)),
        ),
    };
  },
};
const reverse: tf.GradConfig = {
  kernelName: 'Reverse',
  gradFunc: (dy, _, attrs) => ({ x: () => tf.reverse(single(dy), attrs.dims as number[]) }),
};
/** The parts are cut at once, not on demand: the tape disposes whatever a demand leaves behind. */
const concat: tf.GradConfig = {
  kernelName: 'Concat',
  saveAllInputs: true,
  gradFunc: (dy, saved, attrs) => {
    const axis = positive(attrs.axis as number, saved[0]!.rank);
    const sizes = saved.map((part) => part.shape[axis]!);
    return asInputs(tf.split(single(dy), sizes, axis));
  },
};
const split: tf.GradConfig = {
  kernelName: 'SplitV',
  gradFunc: (dy, _, attrs) => ({ x: () => tf.concat(list(dy), attrs.axis as number) }),
};
const pack: tf.GradConfig = {
  kernelName: 'Pack',
  gradFunc: (dy, _, attrs) => asInputs(tf.unstack(single(dy), attrs.axis as number)),
};
const unpack: tf.GradConfig = {
  kernelName: 'Unpack',
  gradFunc: (dy, _, attrs) => ({ value: () => tf.stack(list(dy), attrs.axis as number) }),
};
const slice: tf.GradConfig = {
  kernelName: 'Slice',
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => ({
    x: () => {
      const { shape, rank } = saved[0]!;
      const given = ([] as number[]).concat(attrs.begin as number | number[]);
      const begin = Array.from({ length: rank }, (_, axis) => given[axis] ?? 0);
      const taken = single(dy).shape;
      return tf.pad(
        single(dy),
        shape.map((size, axis): [number, number] => [begin[axis]!, size - begin[axis]! - taken[axis]!]),
      );
    },
  }),
};
const pad: tf.GradConfig = {
  kernelName: 'PadV2',
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => ({
    x: () => {
      const begin = (attrs.paddings as unknown as [number, number][]).map(([before]) => before);
      return tf.slice(single(dy), begin, saved[0]!.shape);
    },
  }),
};
/** Each repeated axis is split in (repetitions, size) and added up along the repetitions. */
const tile: tf.GradConfig = {
  kernelName: 'Tile',
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => ({
    x: () => {
      const reps = attrs.reps as number[];
      const { shape } = saved[0]!;
      const split = shape.flatMap((size, axis) => (reps[axis] === 1 ? [size] : [reps[axis]!, size]));
      const axes: number[] = [];
      for (let axis = 0, place = 0; axis < shape.length; axis++, place++) {
        if (reps[axis] !== 1) axes.push(place++);
      }
      if (axes.length === 0) return tf.clone(single(dy));
      return tf.sum(tf.reshape(single(dy), split), axes);
    },
  }),
};

/** Gradients of a kernel whose inputs are a list: their names are its indices. */
function asInputs(parts: readonly tf.Tensor[]): Record<string, () => tf.Tensor> {
  return Object.fromEntries(parts.map((part, i) => [i, () => part]));
}

function positive(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export const rearrangementGradients: readonly tf.GradConfig[] = [
  reshaping('Reshape', 'x'),
  reshaping('ExpandDims', 'input'),
  transpose,
  reverse,
  concat,
  split,
  pack,
  unpack,
  slice,
  pad,
  tile,
];
