import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { activations } from './activations.js';
import {
  type BuildContext,
  Cell,
  type ConfigWriter,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Shape,
  type Step,
} from './index.js';
import { baseConfig } from './layer.js';
import { defineCell, defineLayer, definePlugin } from './plugin.js';
import { createRegistry, type LayerConfig, type LayerName } from './registry.js';

interface ScaleOptions extends LayerOptions {
  readonly factor: number;
  readonly offset?: number;
}
class Scale extends Layer {
  readonly registeredName = 'plugin-a>Scale';
  readonly factor: number;
  constructor(options: ScaleOptions) {
    super(options);
    this.factor = options.factor;
  }
  call([x]: readonly Tensor[]): Tensor {
    return x!;
  }
  outputShapes(shapes: readonly Shape[]): readonly Shape[] {
    return shapes;
  }
  getConfig(): JsonObject {
    return { ...baseConfig(this), factor: this.factor };
  }
}
class Tick extends Cell {
  readonly registeredName = 'plugin-b>Tick';
  readonly stateShapes = [[1]];
  readonly outputShape = [1];
  readonly beats: number;
  constructor({ beats }: { readonly beats: number }) {
    super();
    this.beats = beats;
  }
  build(_context: BuildContext): void {}
  step(x: Tensor): Step {
    return { output: x, states: [x] };
  }
  getConfig(): JsonObject {
    return { beats: this.beats };
  }
}
class Clock extends Layer {
  readonly registeredName = 'plugin-b>Clock';
  readonly cell: Cell;
  readonly inner: Layer | undefined;
  constructor({ cell, inner }: { readonly cell: Cell; readonly inner?: Layer }) {
    super();
    this.cell = cell;
    this.inner = inner;
  }
  call([x]: readonly Tensor[]): Tensor {
    return x!;
  }
  outputShapes(shapes: readonly Shape[]): readonly Shape[] {
    return shapes;
  }
  getConfig(write: ConfigWriter): JsonObject {
    return { cell: write(this.cell), ...(this.inner ? { inner: write(this.inner) } : {}) };
  }
}

const scaleSpec = defineLayer({
  name: 'plugin-a>Scale',
  create: (options: ScaleOptions) => new Scale(options),
});
const tickSpec = defineCell({
  name: 'plugin-b>Tick',
  create: (options: { readonly beats: number }) => new Tick(options),
});
const clockSpec = defineLayer({
  name: 'plugin-b>Clock',
  create: (options: { readonly cell: Cell; readonly inner?: Layer }) => new Clock(options),
  read: ({ cell, inner }, nested) => ({
    cell: nested.cell(cell, 'plugin-b>Clock'),
    ...(inner === undefined ? {} : { inner: nested.layer(inner, 'plugin-b>Clock') }),
  }),
});
const pluginA = definePlugin({ name: 'plugin-a', version: '1.2.0', layers: [scaleSpec] });
const pluginB = definePlugin({ name: 'plugin-b', version: '0.1.0', layers: [clockSpec], cells: [tickSpec] });
const registry = createRegistry([pluginA, pluginB]);

describe('what the compiler knows of a registry', () => {
  type Plugins = [typeof pluginA, typeof pluginB];

  it('the names of its layers and their options', () => {
    expectTypeOf<LayerName<Plugins>>().toEqualTypeOf<'plugin-a>Scale' | 'plugin-b>Clock'>();
    expectTypeOf<LayerConfig<Plugins, 'plugin-a>Scale'>>().toEqualTypeOf<ScaleOptions>();
    expect((registry.layer('plugin-a>Scale', { factor: 2 }) as Scale).factor).toBe(2);
    expect(registry.layer('plugin-b>Clock', { cell: new Tick({ beats: 3 }) })).toBeInstanceOf(Clock);
  });

  it('an unknown name does not compile', () => {
    // @ts-expect-error no plugin has a layer of this name
    expect(() => registry.layer('plugin-a>Scael', { factor: 2 })).toThrow('(layer-unknown)');
  });

  it('a wrong, a missing and an invented option do not compile', () => {
    // @ts-expect-error `factor` is a number
    registry.layer('plugin-a>Scale', { factor: '2' });
    // @ts-expect-error `factor` is required
    registry.layer('plugin-a>Scale', {});
    // @ts-expect-error there is no `faktor`
    registry.layer('plugin-a>Scale', { factor: 2, faktor: 3 });
    // @ts-expect-error the options are those of the other layer
    registry.layer('plugin-b>Clock', { factor: 2 });
  });

  it('a name without its package does not compile', () => {
    const create = (options: ScaleOptions): Scale => new Scale(options);
    // @ts-expect-error `package>Name`
    expect(() => defineLayer({ name: 'Scale', create })).toThrow('(spec-form)');
  });
});

describe('JSON', () => {
  it('goes through text and back', () => {
    const json = registry.layerToJSON(new Scale({ factor: 3, name: 'mine', trainable: false }));
    expect(json).toEqual({
      layer: 'plugin-a>Scale',
      version: 1,
      config: { name: 'mine', trainable: false, factor: 3 },
    });
    const copy = registry.layerFromJSON(JSON.parse(JSON.stringify(json))) as Scale;
    expect([copy.factor, copy.givenName, copy.trainable]).toEqual([3, 'mine', false]);
  });

  it('holds the layers and cells inside', () => {
    const inner = new Clock({ cell: new Tick({ beats: 4 }), inner: new Scale({ factor: 5 }) });
    const json = registry.layerToJSON(inner);
    expect(json).toEqual({
      layer: 'plugin-b>Clock',
      version: 1,
      config: {
        cell: { cell: 'plugin-b>Tick', version: 1, config: { beats: 4 } },
        inner: { layer: 'plugin-a>Scale', version: 1, config: { factor: 5 } },
      },
    });
    const copy = registry.layerFromJSON(JSON.parse(JSON.stringify(json))) as Clock;
    expect((copy.cell as Tick).beats).toBe(4);
    expect((copy.inner as Scale).factor).toBe(5);
    expect((registry.cellFromJSON((json.config as JsonObject).cell) as Tick).beats).toBe(4);
  });

  it('of an older version is brought up to date', () => {
    const upgrade = vi.fn((config: JsonObject, from: number) => ({ factor: Number(config.scale) * from }));
    const spec = defineLayer({
      ...scaleSpec,
      create: (options: ScaleOptions) => new Scale(options),
      version: 3,
      upgrade,
    });
    const newer = createRegistry([definePlugin({ name: 'plugin-a', version: '3.0.0', layers: [spec] })]);
    const read = (version: number, config: JsonObject) =>
      newer.layerFromJSON({ layer: 'plugin-a>Scale', version, config }) as Scale;
    expect(read(2, { scale: 7 }).factor).toBe(14);
    expect(read(3, { factor: 7 }).factor).toBe(7);
    expect(upgrade).toHaveBeenCalledTimes(1);
    expect(newer.layerToJSON(new Scale({ factor: 1 })).version).toBe(3);
  });

  it('of a newer version says which plugin to update', () => {
    expect(() =>
      registry.layerFromJSON({ layer: 'plugin-a>Scale', version: 2, config: {} }, 'loadModel'),
    ).toThrow(
      "[loadModel] 'plugin-a>Scale' was written by a newer version of its plugin. Expected a config of version 1 or older; received version 2. Update plugin-a 1.2.0. (layer-newer)",
    );
  });

  it.each([
    null,
    'plugin-a>Scale',
    {},
    { layer: 'plugin-a>Scale' },
    { layer: 'plugin-a>Scale', version: '1', config: {} },
    { layer: 'plugin-a>Scale', version: 1, config: [] },
    { layer: 'plugin-a>Scale', version: 1, config: null },
    { cell: 'plugin-a>Scale', version: 1, config: {} },
  ])('%j is not the JSON of a layer', (json) => {
    expect(() => registry.layerFromJSON(json)).toThrow(
      /^\[Registry\.layerFromJSON\] This is not the JSON of a layer\. Expected \{ "layer": "package>Name", "version": 1, "config": \{…\} \}; received .*\(json-form\)$/,
    );
  });

  it('of a layer that no plugin defines is not written', () => {
    const other = createRegistry([pluginB]);
    expect(() => other.layerToJSON(new Scale({ factor: 1 }))).toThrow('(layer-unknown)');
  });
});

describe('a name that no plugin defines', () => {
  const read =
    (layer: string, from = registry) =>
    () =>
      from.layerFromJSON({ layer, version: 1, config: {} });

  it('brings the nearest to mind', () => {
    expect(read('plugin-a>scale')).toThrow(
      "[Registry.layerFromJSON] No plugin defines the layer 'plugin-a>scale'. Expected one of plugin-a>Scale, plugin-b>Clock; received 'plugin-a>scale'. Did you mean 'plugin-a>Scale'? (layer-unknown)",
    );
  });

  it('says which package to add', () => {
    expect(read('plugin-mgu>MinimalGatedUnit')).toThrow(
      "Add the plugin from 'plugin-mgu' to createRegistry([...]). (layer-unknown)",
    );
  });

  it('says when there is none at all', () => {
    expect(read('plugin-a>Scale', createRegistry([]) as never)).toThrow(
      "Expected a layer of some plugin (there is none); received 'plugin-a>Scale'. Add the plugin from 'plugin-a'",
    );
  });

  it('is told for cells and data sets too', () => {
    expect(() => registry.cellFromJSON({ cell: 'plugin-b>Tock', version: 1, config: {} })).toThrow(
      '(cell-unknown)',
    );
    expect(() => registry.dataset('plugin-b>digits')).toThrow('(dataset-unknown)');
  });
});

describe('createRegistry', () => {
  it('takes one plugin twice, and two plugins that share a spec', () => {
    const shared = definePlugin({ name: 'plugin-a', version: '9.9.9', layers: [scaleSpec] });
    expect(createRegistry([pluginA, pluginA, shared]).layerNames()).toEqual(['plugin-a>Scale']);
    expect(registry.cellNames()).toEqual(['plugin-b>Tick']);
  });

  it('refuses two different layers under one name', () => {
    const twin = defineLayer({
      name: 'plugin-a>Scale',
      create: (options: ScaleOptions) => new Scale(options),
    });
    const other = definePlugin({ name: 'plugin-a', version: '2.0.0', layers: [twin] });
    expect(() => createRegistry([pluginA, other])).toThrow(
      "[createRegistry] Two different layers are called 'plugin-a>Scale'. Two versions of one package are loaded, or two packages use one name: keep one of them. (layer-conflict)",
    );
  });

  it('refuses two different activations under one name, of plugins and of core', () => {
    const loud = (name: string) => ({ name, create: () => ({ name, config: {}, apply: (x: Tensor) => x }) });
    const plugin = (activation: ReturnType<typeof loud>, n: number) =>
      definePlugin({ name: `plugin-${n}`, version: '1.0.0', activations: [activation] });
    expect(() => createRegistry([plugin(loud('loud'), 1), plugin(loud('loud'), 2)])).toThrow(
      '(activation-conflict)',
    );
    expect(() => createRegistry([plugin(loud('tanh'), 1)])).toThrow('(activation-conflict)');
    const both = createRegistry([plugin(loud('loud'), 1)]).activations;
    expect(both.names()).toEqual([...activations.names(), 'loud']);
  });

  it('says which item of its list is no plugin', () => {
    expect(() => createRegistry([pluginA, undefined as never])).toThrow(
      '[createRegistry] Item 1 of the list is not a plugin. Expected plugins made by definePlugin; received undefined. Check the import: a misspelt name gives undefined. (plugin-form)',
    );
    const factory = function scale() {};
    expect(() => createRegistry([factory as never])).toThrow(
      "Item 0 of the list is not a plugin. Expected plugins made by definePlugin; received a function 'scale'",
    );
  });

  it('has no JSON itself, and says so', () => {
    expect(() => JSON.stringify({ registry: createRegistry([pluginA]) })).toThrow(
      "neither a layer nor a cell; a registry itself has no JSON. Received 'registry'. (json-form)",
    );
  });

  it('finds data sets', () => {
    const spec = { name: 'plugin-a>digits', load: async () => [] } as const;
    const plugin = definePlugin({ name: 'plugin-a', version: '1.0.0', datasets: [spec] });
    expect(createRegistry([plugin]).dataset('plugin-a>digits')).toBe(spec);
  });
});

describe('ready', () => {
  it('sets every plugin up, once', async () => {
    const setups = [vi.fn(async () => {}), vi.fn(async () => {})];
    const plugins = setups.map((setup, i) => definePlugin({ name: `plugin-${i}`, version: '1.0.0', setup }));
    const made = createRegistry([...plugins, pluginA]);
    expect(setups[0]).not.toHaveBeenCalled();
    await Promise.all([made.ready(), made.ready()]);
    await made.ready();
    for (const setup of setups) expect(setup).toHaveBeenCalledTimes(1);
  });

  it('tries again after a failure', async () => {
    const setup = vi.fn(async () => {});
    setup.mockRejectedValueOnce(new Error('no memory'));
    const made = createRegistry([definePlugin({ name: 'plugin-c', version: '1.0.0', setup })]);
    await expect(made.ready()).rejects.toThrow('no memory');
    await made.ready();
    expect(setup).toHaveBeenCalledTimes(2);
  });
});

it.each([[undefined], [null], [pluginA], ['@ostinato/layers']])(
  'createRegistry(%o) says that a list is wanted',
  (plugins) => {
    expect(() => createRegistry(plugins as never)).toThrow(
      /^\[createRegistry\] The plugins are not a list\. Expected an array of plugins; received .* \(plugin-form\)$/,
    );
  },
);
