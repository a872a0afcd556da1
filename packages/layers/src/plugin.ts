/** The plugin that makes these layers and cells known to a registry. */
import { definePlugin } from '@ostinato/core';
import { activationSpec } from './activation.js';
import { addSpec } from './add.js';
import { additiveAttentionSpec } from './additive-attention.js';
import { attentionSpec } from './attention.js';
import { bidirectionalSpec } from './bidirectional.js';
import { concatenateSpec } from './concatenate.js';
import { denseSpec } from './dense.js';
import { dropoutSpec } from './dropout.js';
import { embeddingSpec } from './embedding.js';
import { flattenSpec } from './flatten.js';
import { gruSpec } from './gru.js';
import { gruCellSpec } from './gru-cell.js';
import { lstmSpec } from './lstm.js';
import { lstmCellSpec } from './lstm-cell.js';
import { maskingSpec } from './masking.js';
import { multiplySpec } from './multiply.js';
import { rnnSpec } from './rnn.js';
import { simpleRNNSpec } from './simple-rnn.js';
import { simpleRNNCellSpec } from './simple-rnn-cell.js';

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
    activationSpec,
    addSpec,
    additiveAttentionSpec,
    attentionSpec,
    bidirectionalSpec,
    concatenateSpec,
    denseSpec,
    dropoutSpec,
    embeddingSpec,
    flattenSpec,
    gruSpec,
    lstmSpec,
    maskingSpec,
    multiplySpec,
    rnnSpec,
    simpleRNNSpec,
  ],
  cells: [gruCellSpec, lstmCellSpec, simpleRNNCellSpec],
});
