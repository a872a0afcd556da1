export * from './conformance-error.js';
export * from './dataset/dataset-test.js';
export * from './kernel/kernel-test.js';
export { ELEMENTARY_KERNELS } from './layer/check-training-ops.js';
export * from './layer/layer-test.js';
export * from './test-dataset.js';
export * from './test-kernel.js';
export * from './test-layer.js';
export * from './test-storage.js';
