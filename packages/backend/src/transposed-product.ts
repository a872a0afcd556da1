/** Matrix products on tfjs' wasm backend with transposed operands, which all of backpropagation is made of. */
import { getKernel, type KernelBackend, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';

/**
 * Transposes the operands first and multiplies them plainly.
 *
 * tfjs' own kernel takes a scalar triple loop as soon as an operand is transposed, 5 to 20 times slower than transposing
 * it and using the SIMD product; and fused with a bias it adds that once for every 48 columns of the sum: wrong above 48.
 */
export function transposeFirst(native: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    const storage = backend as KernelBackend;
    const turnedA = transposeA ? swapLastAxes(a, storage) : undefined;
    const turnedB = transposeB ? swapLastAxes(b, storage) : undefined;
    const product = native({
      inputs: { ...inputs, a: turnedA ?? a, b: turnedB ?? b },
      attrs: { ...attrs, transposeA: false, transposeB: false },
      backend,
    });
    for (const turned of [turnedA, turnedB]) if (turned) storage.disposeData(turned.dataId);
    return product;
  };
}

function swapLastAxes(x: TensorInfo, backend: KernelBackend): TensorInfo {
  const perm = x.shape.map((_, axis) => axis);
  perm.push(perm.pop()!, perm.pop()!);
  return getKernel('Transpose', 'wasm').kernelFunc({ inputs: { x }, attrs: { perm }, backend }) as TensorInfo;
}
