import { useBackend } from '@ostinato/backend';
import { buildLayer, createRegistry, createRng, isOstinatoError } from '@ostinato/core';
import { layers, type RNN, rnn } from '@ostinato/layers';
import { beforeAll, expect, test } from 'vitest';
import { MGUCell, type MGUOptions, mgu, mguPlugin } from './index.js';

const registry = createRegistry([layers, mguPlugin]);

beforeAll(() => useBackend('cpu'));

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return isOstinatoError(error) ? error.code : String(error);
  }
  return undefined;
}

const throughText = (json: unknown): unknown => JSON.parse(JSON.stringify(json));

test('the layer goes through JSON, its own options and the driver’s in one config', () => {
  const layer = mgu({ units: 7, returnSequences: true, goBackwards: true, name: 'memory' });
  const json = throughText(registry.layerToJSON(layer));
  expect(json).toMatchObject({
    layer: 'plugin-mgu>MGU',
    version: 1,
    config: { units: 7, returnSequences: true, goBackwards: true, name: 'memory' },
  });
  const read = registry.layerFromJSON(json) as RNN;
  expect(read.cell).toBeInstanceOf(MGUCell);
  expect(throughText(registry.layerToJSON(read))).toEqual(json);
});

test('the cell goes through JSON inside the general RNN layer', () => {
  const json = throughText(registry.layerToJSON(rnn({ cell: new MGUCell({ units: 4 }) })));
  expect(json).toMatchObject({ config: { cell: { cell: 'plugin-mgu>MGUCell', config: { units: 4 } } } });
  expect((registry.layerFromJSON(json) as RNN).cell.outputShape).toEqual([4]);
});

test('the registry knows the layer by name and gives its options their types', () => {
  expect(registry.layer('plugin-mgu>MGU', { units: 3, returnState: true })).toBeDefined();
  // @ts-expect-error `unit` is no option, and `units` is missing
  expect(codeOf(() => registry.layer('plugin-mgu>MGU', { unit: 3 }))).toBe('config-unknown');
});

test('without the plugin, a saved layer names the plugin to add', () => {
  const json = registry.layerToJSON(mgu({ units: 3 }));
  expect(() => createRegistry([layers]).layerFromJSON(json)).toThrow(
    /No plugin defines the layer 'plugin-mgu>MGU'.* Add the plugin from 'plugin-mgu'/,
  );
});

test.each([
  [{ units: -2 }, 'config-units'],
  [{}, 'config-units'],
  [undefined, 'config-units'],
  [{ units: 3, unroll: true }, 'config-unknown'],
  [{ units: 3, returnSequences: 'yes' }, 'config-return-sequences'],
])('refuses the options %j', (options, code) => {
  expect(codeOf(() => mgu(options as unknown as MGUOptions))).toBe(code);
});

test('refuses steps that are not vectors', () => {
  const build = (shape: (number | null)[]) => () =>
    buildLayer(mgu({ units: 3 }), { registry, rng: createRng(1), path: 'mgu', inputShapes: [shape] });
  expect(codeOf(build([null, 5, 4, 6]))).toBe('shape-mismatch');
  expect(codeOf(build([null, 5, null]))).toBe('shape-mismatch');
  expect(codeOf(build([null, 5]))).toBe('shape-mismatch');
});
