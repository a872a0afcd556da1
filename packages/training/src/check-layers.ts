/** Whether a model was given layers. */
import { type Layer, OstinatoError, show } from '@ostinato/core';

/** Throws `layers-empty`, and `layers-type` for what is not a layer. */
export function checkLayers(layers: unknown, where: string): asserts layers is readonly Layer[] {
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new OstinatoError('layers-empty', {
      where,
      what: 'A model has at least one layer',
      expected: 'an array of layers',
      received: show(layers),
    });
  }
  for (const [i, layer] of layers.entries()) {
    if (typeof layer?.call === 'function' && typeof layer.outputShapes === 'function' && 'params' in layer)
      continue;
    throw new OstinatoError('layers-type', {
      where,
      what: `Layer ${i} is not a layer`,
      expected: 'an object made by a layer factory such as dense({ units: 1 })',
      received: show(layer),
    });
  }
}
