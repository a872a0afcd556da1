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

describe.each([
  ['defineLayer', defineLayer],
  ['defineCell', defineCell],
] as const)('%s', (where, define) => {
  it.each([
    [{ name: 'One', create }, "'One'"],
    [{ create }, 'undefined'],
    [null, 'undefined'],
  ])('refuses the spec %o for its name', (spec, shown) => {
    expect(() => define(spec as never)).toThrow(
      `[${where}] \`name\` is not the name of a package and of what it defines. Expected a string like 'package>Name'; received ${shown}. (spec-form)`,
    );
  });

  it('refuses a spec that makes nothing', () => {
    expect(() => define({ name: 'plugin-a>One' } as never)).toThrow(
      `[${where}] \`create\` of 'plugin-a>One' is not a function. Expected a function from options to an instance; received undefined. (spec-form)`,
    );
  });
});

describe('definePlugin', () => {
  it.each([undefined, null, {}, { name: 'plugin-a' }, 7, []])('refuses %o', (plugin) => {
    expect(() => definePlugin(plugin as never)).toThrow(
      /^\[definePlugin\] This is not a plugin\. Expected an object with a name and a version, .* \(plugin-form\)$/,
    );
  });

  it.each([
    ['undefined in it', [undefined]],
    ['{} in it', [{}]],
    ['{"name":"x"}', { name: 'x' }],
  ])('says that layers are not a list of specs: %s', (shown, layers) => {
    expect(() => definePlugin({ name: 'plugin-a', version: '1.0.0', layers } as never)).toThrow(
      `[definePlugin] \`layers\` of 'plugin-a' is not a list of specs. Expected an array of objects with a name; received ${shown}. Check the imports: a misspelt name gives undefined. (plugin-form)`,
    );
  });

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
