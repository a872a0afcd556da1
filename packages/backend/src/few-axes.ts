/** Broadcasting over any number of axes, where tfjs' wasm backend knows six. */
import { OstinatoError } from '@ostinato/core';
import { backend_util, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';

/** XNNPACK's limit. Beyond it tfjs prints a line and returns whatever is in the memory of the output. */
const MOST_AXES = 6;

/**
 * An element-wise kernel of two tensors that is never given more than six axes: neighbours that are stretched alike become one.
 *
 * Throws   `broadcast-axes` when more are left, because the two are stretched in turns
 */
export function fewAxes(native: KernelFunc): KernelFunc {
  return (args) => {
    const { a, b } = args.inputs as { a: TensorInfo; b: TensorInfo };
    if (a.shape.length <= MOST_AXES && b.shape.length <= MOST_AXES) return native(args);
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const [ofA, ofB] = folded(a.shape, b.shape);
    if (ofA.length > MOST_AXES) throw tooMany(a, b);
    const inputs = { a: { ...a, shape: ofA }, b: { ...b, shape: ofB } };
    return { ...(native({ ...args, inputs }) as TensorInfo), shape };
  };
}

/** Shapes with as few axes as the two can have without another result. */
function folded(a: readonly number[], b: readonly number[]): readonly [number[], number[]] {
  const rank = Math.max(a.length, b.length);
  const sizeOf = (shape: readonly number[], axis: number): number => shape[axis - rank + shape.length] ?? 1;
  const [ofA, ofB]: [number[], number[]] = [[], []];
  let before: number | undefined;
  for (let axis = 0; axis < rank; axis++) {
    const [sizeA, sizeB] = [sizeOf(a, axis), sizeOf(b, axis)];
    if (sizeA === 1 && sizeB === 1) continue;
    const stretched = Math.sign(sizeA - sizeB); // the smaller one, if any, is 1
    if (stretched === before) {
      ofA[ofA.length - 1]! *= sizeA;
      ofB[ofB.length - 1]! *= sizeB;
    } else {
      ofA.push(sizeA);
      ofB.push(sizeB);
    }
    before = stretched;
  }
  return [ofA, ofB];
}

function tooMany(a: TensorInfo, b: TensorInfo): OstinatoError {
  return new OstinatoError('broadcast-axes', {
    where: "the backend 'wasm'",
    what: 'Two tensors cannot be broadcast: too many of their axes are stretched in turns',
    expected: `at most ${MOST_AXES} runs of axes that are stretched alike`,
    received: `[${a.shape}] and [${b.shape}]`,
    fix: "Stretch one of them before, with tf.tile, or use the backend 'cpu'",
  });
}
