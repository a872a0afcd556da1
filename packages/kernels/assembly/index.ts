export { packPanels, packTransposedPanels } from './pack-panels';
export { simpleRnnForward } from './simple-rnn-forward';
export { simpleRnnBackward, simpleRnnScratchBytes, simpleRnnSumsBytes } from './simple-rnn-backward';
export { lstmForward } from './lstm-forward';
export { lstmBackward, lstmScratchBytes, lstmSumsBytes } from './lstm-backward';
export { lstmRecordBytes } from './lstm-slots';
export { gruRecordBytes } from './gru-records';
export { gruForward } from './gru-forward';
export { gruBackward, gruScratchBytes, gruSumsBytes } from './gru-backward';
export { fewRows } from './few-rows';
export { gemmRows } from './gemm-rows';
export { productGradients, productScratchBytes, productSumsBytes } from './product-gradients';
export { sumBlocks } from './sum-blocks';
export { activate, activationSlope } from './activation';
export { slotBytes } from './slots';
export { findInvalidId, embeddingLookup } from './embedding-lookup';
export { embeddingGradient } from './embedding-gradient';
export { adamUpdate } from './adam-update';
export { sgdUpdate } from './sgd-update';
export { rmspropUpdate } from './rmsprop-update';
export { markNotFinite } from './mark-not-finite';
export { occurringRows } from './occurring-rows';
import { setSigmoidConstants } from './sigmoid';
import { setTanhConstants } from './tanh';

export function initialize(): void {
  setTanhConstants();
  setSigmoidConstants();
}
