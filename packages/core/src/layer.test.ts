import { describe, expect, it } from 'vitest';
import { baseConfig, type JsonObject, Layer, type LayerOptions } from './index.js';

class Pass extends Layer {
  readonly registeredName = 'plugin-test>Pass';
  constructor(options?: LayerOptions) {
    super(options);
  }
  call(inputs: Parameters<Layer['call']>[0]) {
    return inputs;
  }
  outputShapes(shapes: Parameters<Layer['outputShapes']>[0]) {
    return shapes;
  }
  getConfig(): JsonObject {
    return baseConfig(this);
  }
}

describe('Layer', () => {
  it('has no name, is trainable and passes the mask of its first input on, unless told otherwise', () => {
    const layer = new Pass();
    const mask = {} as never;
    expect([layer.givenName, layer.trainable, layer.params, layer.trainingOps()]).toEqual([
      undefined,
      true,
      [],
      [],
    ]);
    expect(layer.outputMasks([], [mask, null])).toEqual([mask]);
    expect(layer.outputMasks([], [])).toEqual([null]);
    expect(layer.build({} as never)).toBeUndefined();
    expect(layer.resetStates()).toBeUndefined();
  });

  it.each(['encoder', 'lstm_1', 'a.b-c'])('takes the name %s', (name) => {
    expect(new Pass({ name }).givenName).toBe(name);
  });

  it.each(['', 'two words', 'a/b', 'a>b', 7 as never])('refuses the name %j', (name) => {
    expect(() => new Pass({ name })).toThrow(
      /^\[Layer\] `name` is not a name\. Expected a word without spaces, '\/' or '>'; received .* \(config-name\)$/,
    );
  });

  it.each([null, 1, 'false'])('refuses trainable: %j', (trainable) => {
    expect(() => new Pass({ trainable } as never)).toThrow(
      /^\[Layer\] `trainable` is not a switch\. Expected true or false; received .* \(config-trainable\)$/,
    );
  });

  it('refuses options that are no object', () => {
    expect(() => new Pass(null as never)).toThrow('received null. (config-type)');
  });

  it('writes into its config what is not by default', () => {
    expect(baseConfig(new Pass())).toEqual({});
    expect(baseConfig(new Pass({ name: 'x', trainable: false }))).toEqual({ name: 'x', trainable: false });
  });
});
