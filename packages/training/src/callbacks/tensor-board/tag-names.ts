/** How Keras names what it sends to TensorBoard, so that runs of both show in one chart. */

/** `topKCategoricalAccuracy` → `top_k_categorical_accuracy` */
export function snakeCase(name: string): string {
  const beforeWords = name.replace(/(.)([A-Z][a-z]+)/g, '$1_$2');
  return beforeWords.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** The figure of validation that `valBinaryAccuracy` is: `binaryAccuracy`; undefined for one of training. */
export function validationFigure(name: string): string | undefined {
  return /^val[A-Z]/.test(name) ? name.charAt(3).toLowerCase() + name.slice(4) : undefined;
}
