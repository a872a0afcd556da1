/** A layer at its place in a graph. */
import {
  type Application,
  type Layer,
  OstinatoError,
  type Rng,
  type Shape,
  type SymbolicTensor,
} from '@ostinato/core';
import type { PlacedLayer } from './network.js';

export class GraphPlace implements PlacedLayer {
  readonly layer: Layer;
  readonly path: string;
  readonly rng: Rng;
  outputShape: Shape | null = null;
  readonly #applications: () => readonly Application[];

  /** `applications`: all of the graph. */
  constructor(layer: Layer, path: string, rng: Rng, applications: () => readonly Application[]) {
    this.layer = layer;
    this.path = path;
    this.rng = rng;
    this.#applications = applications;
  }

  get applications(): readonly Application[] {
    return this.#applications().filter(({ layer }) => layer === this.layer);
  }

  get output(): SymbolicTensor {
    const outputs = this.applications.flatMap((application) => application.outputs);
    if (outputs.length === 1) return outputs[0]!;
    const often = this.applications.length;
    throw new OstinatoError('layer-outputs', {
      where: this.path,
      what: often > 1 ? `The layer is applied ${often} times in this model` : 'The layer has several outputs',
      expected: 'one output',
      received: `${outputs.length}`,
      fix: 'Choose one of `applications`, e.g. applications[0].outputs[1]',
    });
  }
}
