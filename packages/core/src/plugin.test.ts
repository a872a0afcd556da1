import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Layer } from './layer.js';
import { defineCell, defineLayer, definePlugin } from './plugin.js';

const create = (_options: { readonly units: number }) => ({}) as Layer;

describe('defineLayer and defineCell', () => {
  it('are of version 1 unless told otherwise, and keep the literal name', () => {
    const spec = defineLayer({ name: 'plugin-a>One', create });
    expect(spec.version).toBe(1);
    expectTypeOf(spec.name).toEqualTypeOf<'plugin-a>One'>();
    expect(defineLayer({ name: 'plugin-a>One', version: 4, create }).version).toBe(4);
    expect(defineCell({ name: 'plugin-a>Cell', create: () => ({}) as never }).version).toBe(1);
  });
});

describe('definePlugin', () => {
  it('returns the plugin itself', () => {
    const plugin = {
      name: 'plugin-a',
      version: '1.0.0',
      layers: [defineLayer({ name: 'plugin-a>One', create })],
    } as const;
    expect(definePlugin(plugin)).toBe(plugin);
  });

  it.each(['plugin-b>One', 'plugin-a>', 'plugin-ab>One', 'One>plugin-a>x'] as const)(
    'refuses a spec called %s',
    (name) => {
      const plugin = { name: 'plugin-a', version: '1.0.0', layers: [defineLayer({ name, create })] };
      expect(() => definePlugin(plugin)).toThrow(
        `[definePlugin] A spec of 'plugin-a' carries another package's name. Expected 'plugin-a>…'; received '${name}'. (plugin-name)`,
      );
    },
  );

  it('looks at cells and data sets too', () => {
    const cells = [defineCell({ name: 'other>Cell', create: () => ({}) as never })];
    expect(() => definePlugin({ name: 'plugin-a', version: '1.0.0', cells })).toThrow('(plugin-name)');
    const datasets = [{ name: 'other>digits', load: async () => [] }] as const;
    expect(() => definePlugin({ name: 'plugin-a', version: '1.0.0', datasets })).toThrow('(plugin-name)');
  });
});
