import { expect, it } from 'vitest';
import { withPluginVersion } from './plugin-version.mjs';

it("changes the plugin's own version and no other", () => {
  const source = `const spec = { name: '@ostinato/layers>GRU', version: 1 };
export const layers = definePlugin({
  name: '@ostinato/layers',
  version: '0.1.0',
  layers: [spec],
});`;
  expect(withPluginVersion(source, '@ostinato/layers', '0.2.0')).toBe(source.replace('0.1.0', '0.2.0'));
  expect(withPluginVersion(source, '@ostinato/kernels', '0.2.0')).toBe(source);
});
