/** Matrix product, bias and activation in one kernel of tfjs' wasm backend, with a bias that is added once. */
import { getKernel, type KernelBackend, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';

/** The kernels of the activations that tfjs fuses. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
};

/**
 * Adds the bias and applies the activation in kernels of their own.
 *
 * tfjs' own kernel adds the bias once for every 48 columns of the sum where it does not use its SIMD product (batches,
 * transposed operands): wrong above 48 columns.
 */
export function biasAfterProduct(native: KernelFunc): KernelFunc {
  return (args) => {
    const { bias, preluActivationWeights, ...operands } = args.inputs;
    if (!bias) return native(args);
    const backend = args.backend as KernelBackend;
    const attrs = { ...args.attrs, activation: 'linear' };
    const product = native({ ...args, inputs: operands, attrs }) as TensorInfo;
    const sum = run('Add', { a: product, b: bias }, backend);
    backend.disposeData(product.dataId);
    const activation = ACTIVATIONS[args.attrs?.activation as string];
    if (!activation) return sum;
    const alpha = preluActivationWeights ? { alpha: preluActivationWeights } : {};
    const output = run(activation, { x: sum, ...alpha }, backend, { alpha: args.attrs?.leakyreluAlpha ?? 0 });
    backend.disposeData(sum.dataId);
    return output;
  };
}

function run(
  kernelName: string,
  inputs: Record<string, TensorInfo>,
  backend: KernelBackend,
  attrs: Parameters<KernelFunc>[0]['attrs'] = {},
): TensorInfo {
  return getKernel(kernelName, 'wasm').kernelFunc({ inputs, attrs: attrs as never, backend }) as TensorInfo;
}
