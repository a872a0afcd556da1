export { type CSVLoggerOptions, csvLogger } from './callbacks/csv-logger.js';
export { type EarlyStoppingOptions, earlyStopping } from './callbacks/early-stopping.js';
export { type JSONLinesLoggerOptions, jsonLinesLogger } from './callbacks/json-lines-logger.js';
export { type LearningRateOfEpoch, learningRateScheduler } from './callbacks/learning-rate-scheduler.js';
export { type ModelCheckpointOptions, modelCheckpoint } from './callbacks/model-checkpoint.js';
export type { MonitorMode, MonitorOptions } from './callbacks/monitor.js';
export type { CallbackIdentifier, CallbackName, CallbackOrName } from './callbacks/named-callbacks.js';
export { callbacks } from './callbacks/plugin.js';
export { showBatchTime, showDuration } from './callbacks/progress-bar/duration.js';
export {
  type ProgressBar,
  type ProgressBarOptions,
  progressBar,
} from './callbacks/progress-bar/progress-bar.js';
export type { TextOutput } from './callbacks/progress-bar/text-output.js';
export { type ReduceLROnPlateauOptions, reduceLROnPlateau } from './callbacks/reduce-lr-on-plateau.js';
export { type TensorBoardOptions, tensorBoard } from './callbacks/tensor-board/tensor-board.js';
export { type TerminateOnNaNOptions, terminateOnNaN } from './callbacks/terminate-on-nan.js';
export { type EpochTiming, type Timing, timing } from './callbacks/timing.js';
export type { UpdateFreq } from './callbacks/update-freq.js';
export * from './callbacks.js';
export {
  type BackupAndRestoreOptions,
  backupAndRestore,
  type RestoredCheckpoint,
} from './checkpoint/backup-and-restore.js';
export type { DamagedCheckpoint } from './checkpoint/checkpoints.js';
export type { CompileOptions } from './compiled.js';
export type { Batches, InputBatch, TrainingBatch } from './data/batches.js';
export type { ArrayInput, NumericArray, ShapedArray } from './data/host-array.js';
export type { ModelData } from './data/named-arrays.js';
export type { NestedNumbers } from './data/nested-numbers.js';
export type {
  GradientFigures,
  GradientThresholds,
  GradientVerdict,
  WeightReport,
} from './diagnostics/gradient-figures.js';
export {
  type GradientMonitorOptions,
  type GradientWarning,
  gradientMonitor,
} from './diagnostics/gradient-monitor.js';
export {
  type GradientReport,
  gradientReport,
  type LayerReport,
  type OverTime,
} from './diagnostics/gradient-report.js';
export type { Evaluation } from './evaluate.js';
export type { FitBatchesOptions, FitOptions } from './fit-options.js';
export type { FitPosition } from './fit-progress.js';
export { type EpochRecord, History } from './history.js';
export { type BinaryCrossentropyOptions, binaryCrossentropy } from './losses/binary-crossentropy.js';
export * from './losses/binary-focal-crossentropy.js';
export * from './losses/categorical-crossentropy.js';
export * from './losses/categorical-focal-crossentropy.js';
export { type CosineSimilarityOptions, cosineSimilarity } from './losses/cosine-similarity.js';
export { ctc } from './losses/ctc.js';
export * from './losses/divergence-losses.js';
export * from './losses/error-losses.js';
export * from './losses/hinge-losses.js';
export { type LossName, losses } from './losses/losses.js';
export * from './losses/relative-error-losses.js';
export * from './losses/sparse-categorical-crossentropy.js';
export * from './metrics/accuracies.js';
export { type AUCOptions, auc } from './metrics/auc.js';
export * from './metrics/best-at.js';
export * from './metrics/confusion-matrix.js';
export * from './metrics/f-scores.js';
export { labelled } from './metrics/labelled.js';
export * from './metrics/mean-metric.js';
export { type MetricName, metrics } from './metrics/metrics.js';
export { type PerplexityOptions, perplexity } from './metrics/perplexity.js';
export {
  falseNegatives,
  falsePositives,
  type PrecisionOptions,
  precision,
  recall,
  type ThresholdsOptions,
  trueNegatives,
  truePositives,
} from './metrics/positives-and-negatives.js';
export { type R2ScoreOptions, r2Score } from './metrics/r2-score.js';
export { cosineSimilarityMetric, rootMeanSquaredError } from './metrics/regression-metrics.js';
export * from './metrics/top-k-accuracies.js';
export type { CodeContext, CodeOutputs } from './model/code-context.js';
export { CodeModel, type CodeModelOptions } from './model/code-model.js';
export { GraphModel, type GraphOptions, model, type Symbols, type TensorsOf } from './model/graph-model.js';
export { Model } from './model/model.js';
export { ModelLayer } from './model/model-layer.js';
export type {
  BatchesRunOptions,
  EvaluateOptions,
  ModelOptions,
  RunOptions,
  SequentialOptions,
} from './model/model-options.js';
export type { Network, PlacedLayer, PlacedParam } from './model/network.js';
export { type AdadeltaOptions, adadelta } from './optimizers/adadelta.js';
export { type AdagradOptions, adagrad } from './optimizers/adagrad.js';
export { type AdamOptions, adam } from './optimizers/adam.js';
export { type AdamaxOptions, adamax } from './optimizers/adamax.js';
export { type AdamWOptions, adamw } from './optimizers/adamw.js';
export type { OptimizerOptions } from './optimizers/common-options.js';
export { defineOptimizer, type FusedUpdate, type OptimizerSpec } from './optimizers/define-optimizer.js';
export * from './optimizers/links/clipping.js';
export { type DecayWeightsOptions, decayWeights } from './optimizers/links/decay-weights.js';
export type { GlobalLink, Link, LinkInput, LinkOutput, ParamLink } from './optimizers/links/link.js';
export { type MomentumOptions, momentum } from './optimizers/links/momentum.js';
export { type ScaleByAdadeltaOptions, scaleByAdadelta } from './optimizers/links/scale-by-adadelta.js';
export { type ScaleByAdagradOptions, scaleByAdagrad } from './optimizers/links/scale-by-adagrad.js';
export { type ScaleByAdamOptions, scaleByAdam } from './optimizers/links/scale-by-adam.js';
export { type ScaleByAdamaxOptions, scaleByAdamax } from './optimizers/links/scale-by-adamax.js';
export { scaleByLearningRate } from './optimizers/links/scale-by-learning-rate.js';
export { type ScaleByLionOptions, scaleByLion } from './optimizers/links/scale-by-lion.js';
export { type ScaleByNadamOptions, scaleByNadam } from './optimizers/links/scale-by-nadam.js';
export { type ScaleByRmsOptions, scaleByRms } from './optimizers/links/scale-by-rms.js';
export { type LionOptions, lion } from './optimizers/lion.js';
export { type NadamOptions, nadam } from './optimizers/nadam.js';
export { type OptimizerName, optimizers } from './optimizers/optimizers.js';
export { type RMSpropOptions, rmsprop } from './optimizers/rmsprop.js';
export { type SGDOptions, sgd } from './optimizers/sgd.js';
export type { Logs } from './running-figures.js';
export { modelFromBytes, modelFromJSON } from './saving/model-file.js';
export type { LoadOptions } from './saving/read-model.js';
export { loadModel, saveModel } from './saving/save-model.js';
export { type LoadedWeights, loadWeights, weightsToBytes } from './saving/weights-file.js';
export { type CosineDecayOptions, cosineDecay } from './schedules/cosine-decay.js';
export { type CosineDecayRestartsOptions, cosineDecayRestarts } from './schedules/cosine-decay-restarts.js';
export { defineSchedule, type ScheduleSpec } from './schedules/define-schedule.js';
export { type ExponentialDecayOptions, exponentialDecay } from './schedules/exponential-decay.js';
export { type InverseTimeDecayOptions, inverseTimeDecay } from './schedules/inverse-time-decay.js';
export { type LinearWarmupOptions, linearWarmup } from './schedules/linear-warmup.js';
export {
  type PiecewiseConstantDecayOptions,
  piecewiseConstantDecay,
} from './schedules/piecewise-constant-decay.js';
export { type PolynomialDecayOptions, polynomialDecay } from './schedules/polynomial-decay.js';
export { schedules } from './schedules/schedules.js';
export { Sequential, sequential } from './sequential.js';
export { downloadStorage } from './storage/download-storage.js';
export { type FileStorageOptions, fileStorage } from './storage/file-storage.js';
export { indexedDBStorage } from './storage/indexed-db-storage.js';
export { memoryStorage } from './storage/memory-storage.js';
export type { Storage } from './storage/storage.js';
export type { NamedArray } from './weights.js';
