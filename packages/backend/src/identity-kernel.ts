/** `clone` without a copy, whoever holds the values. */
import { engine, type KernelBackend, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';

/**
 * Counts one more reference to x's values where they are kept, and returns a tensor of them.
 *
 * The tape clones what it saves for the backward pass. tfjs' wasm backend copies on that occasion, and both backends
 * first fetch values that another storage keeps (a fused kernel's own memory): there they stay here. The engine gives
 * each clone back to the storage named in its `tensorInfo`, so counting there is what makes disposal come out even.
 *
 * Memory   returns a tensor on the same data; values are never written in place through either
 */
export const identityKernel: KernelFunc = ({ inputs, backend }) => {
  const { dataId, shape, dtype } = inputs.x as TensorInfo;
  const owner = engine().state.tensorInfo.get(dataId)?.backend ?? (backend as KernelBackend);
  owner.incRef(dataId);
  return { dataId, shape, dtype };
};
