export * from './conformance-error.js';
export { ELEMENTARY_KERNELS } from './layer/check-training-ops.js';
export * from './layer/layer-test.js';
export * from './test-layer.js';
