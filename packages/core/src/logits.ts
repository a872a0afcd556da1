/**
 * The logits behind a probability.
 *
 * A cross-entropy computed from a saturated probability has lost the information it needs: its gradient is zero. `sigmoid`
 * and `softmax` therefore remember what they were applied to, and losses that are given their output go on from there, as
 * Keras does on TensorFlow. A layer in between makes a new tensor, which remembers nothing.
 */
import type { Tensor } from '@tensorflow/tfjs-core';

/** The functions whose input is worth remembering. */
export type LogitLink = 'sigmoid' | 'softmax';

/** On the tensor itself: what a WeakMap's values reach, V8 keeps until its next full collection, though the keys are gone. */
const BEHIND = Symbol('logits');

interface Remembering {
  [BEHIND]?: { readonly link: LogitLink; readonly logits: Tensor };
}

/** Notes that `output` is `link` of `logits`; returns `output`. */
export function rememberLogits(output: Tensor, link: LogitLink, logits: Tensor): Tensor {
  (output as Remembering)[BEHIND] = { link, logits };
  return output;
}

/** What `link` was applied to when it made this very tensor, if that is known and not disposed. */
export function logitsBehind(output: Tensor, link: LogitLink): Tensor | undefined {
  const known = (output as Remembering)[BEHIND];
  return known?.link === link && !known.logits.isDisposed ? known.logits : undefined;
}
