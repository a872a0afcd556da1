import { expect, it } from 'vitest';
import { nodeTooOld } from './require-node.mjs';

it.each(['18.20.4', '20.0.0', '20.18.3'])(
  'Node %s is too old, and the sentence names both versions',
  (version) => {
    expect(nodeTooOld(version, '>=20.19')).toMatch(
      new RegExp(`needs Node 20\\.19 or newer; this is Node ${version}`),
    );
  },
);

it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('Node %s is new enough', (version) => {
  expect(nodeTooOld(version, '>=20.19')).toBeUndefined();
});
