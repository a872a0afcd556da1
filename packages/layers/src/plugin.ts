/** The plugin that makes these layers and cells known to a registry. */
import { definePlugin } from '@ostinato/core';
import { activationSpec } from './activation.js';
import { addSpec } from './add.js';
import { additiveAttentionSpec } from './additive-attention.js';
import { attentionSpec } from './attention.js';
import { averagePooling1DSpec } from './average-pooling-1d.js';
import { batchNormalizationSpec } from './batch-normalization.js';
import { bidirectionalSpec } from './bidirectional.js';
import { concatenateSpec } from './concatenate.js';
import { conv1DSpec } from './conv-1d.js';
import { convLSTM1DCellSpec, convLSTM1DSpec } from './conv-lstm-1d.js';
import { convLSTM2DCellSpec, convLSTM2DSpec } from './conv-lstm-2d.js';
import { denseSpec } from './dense.js';
import { dropoutSpec } from './dropout.js';
import { embeddingSpec } from './embedding.js';
import { flattenSpec } from './flatten.js';
import { gaussianNoiseSpec } from './gaussian-noise.js';
import { globalAveragePooling1DSpec } from './global-average-pooling-1d.js';
import { globalMaxPooling1DSpec } from './global-max-pooling-1d.js';
import { gruSpec } from './gru.js';
import { gruCellSpec } from './gru-cell.js';
import { layerNormalizationSpec } from './layer-normalization.js';
import { lstmSpec } from './lstm.js';
import { lstmCellSpec } from './lstm-cell.js';
import { maskingSpec } from './masking.js';
import { maxPooling1DSpec } from './max-pooling-1d.js';
import { multiHeadAttentionSpec } from './multi-head-attention.js';
import { multiplySpec } from './multiply.js';
import { permuteSpec } from './permute.js';
import { repeatVectorSpec } from './repeat-vector.js';
import { reshapeSpec } from './reshape.js';
import { rnnSpec } from './rnn.js';
import { simpleRNNSpec } from './simple-rnn.js';
import { simpleRNNCellSpec } from './simple-rnn-cell.js';
import { spatialDropout1DSpec } from './spatial-dropout-1d.js';
import { stackedRNNCellsSpec } from './stacked-rnn-cells.js';
import { timeDistributedSpec } from './time-distributed.js';

/**
 * All layers and cells of this package.
 *
 * @example
 * const registry = createRegistry([layers]);
 */
export const layers = /* @__PURE__ */ definePlugin({
  name: '@ostinato/layers',
  version: '0.0.0',
  layers: [
    convLSTM1DSpec,
    convLSTM2DSpec,
    activationSpec,
    addSpec,
    additiveAttentionSpec,
    attentionSpec,
    averagePooling1DSpec,
    batchNormalizationSpec,
    bidirectionalSpec,
    concatenateSpec,
    conv1DSpec,
    denseSpec,
    dropoutSpec,
    embeddingSpec,
    flattenSpec,
    gaussianNoiseSpec,
    globalAveragePooling1DSpec,
    globalMaxPooling1DSpec,
    gruSpec,
    layerNormalizationSpec,
    lstmSpec,
    maskingSpec,
    maxPooling1DSpec,
    multiHeadAttentionSpec,
    multiplySpec,
    permuteSpec,
    repeatVectorSpec,
    reshapeSpec,
    rnnSpec,
    simpleRNNSpec,
    spatialDropout1DSpec,
    timeDistributedSpec,
  ],
  cells: [
    convLSTM1DCellSpec,
    convLSTM2DCellSpec,
    gruCellSpec,
    lstmCellSpec,
    simpleRNNCellSpec,
    stackedRNNCellsSpec,
  ],
});
