export * from './activations.js';
export * from './cell.js';
export * from './configured.js';
export * from './constraints.js';
export * from './deterministic-math.js';
export * from './embedding-id.js';
export * from './errors.js';
export * from './fill-options.js';
export * from './initializers.js';
export * from './json.js';
export * from './kernel.js';
export * from './kernel-choice.js';
export * from './layer.js';
export * from './layer-observer.js';
export * from './layer-runtime.js';
export * from './logits.js';
export * from './memory-errors.js';
export * from './optimizer-contract.js';
export * from './option-checks.js';
export * from './param.js';
export * from './plugin.js';
export type { Recorder } from './recorder.js';
export {
  isRecording,
  meetLayer,
  meetPart,
  primitive,
  recordOperations,
  refuseRecording,
  stepStream,
} from './recording.js';
export * from './registry.js';
export * from './regularizers.js';
export type { Recording } from './repeat-operations.js';
export * from './repeatable.js';
export * from './rng.js';
export * from './shapes.js';
export * from './symbolic.js';
export * from './tensor-storage.js';
export * from './training-contracts.js';
export { withinRoom } from './weight-room.js';
export * from './without-gradient.js';
