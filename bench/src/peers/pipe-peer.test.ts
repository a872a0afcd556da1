import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { jobOf } from '../test-support/rows.js';
import type { MissingPeer, Peer } from './peer.js';
import { startPipePeer } from './pipe-peer.js';

const script = fileURLToPath(new URL('../test-support/echo-peer.mjs', import.meta.url));
const start = (behaviour: string): Promise<Peer | MissingPeer> =>
  startPipePeer({ name: 'echo', command: process.execPath, args: [script, behaviour] });

it('asks, is answered, and ends its process', async () => {
  const peer = (await start('answers')) as Peer;
  expect(peer.versions).toEqual({ echo: '1' });
  expect(await peer.time('train', { millis: 7, most: 2 })).toEqual({ millis: [7, 2], cores: 1.5 });
  await peer.close();
  await peer.close();
});

it('throws what the peer could not do, and goes on', async () => {
  const peer = (await start('answers')) as Peer;
  const folder = await mkdtemp(join(tmpdir(), 'ostinato-pipe-'));
  await expect(peer.prepare(jobOf('gru', 1, 2, 3), folder)).rejects.toThrow('ValueError: no');
  expect((await peer.time('forward', { millis: 1, most: 1 })).millis).toEqual([1, 1]);
  await peer.close();
  await rm(folder, { recursive: true });
});

it.each([
  ['missing', 'no such package'],
  ['broken', 'its process ended: ImportError: broken'],
])('says why a peer that is %s does not take part', async (behaviour, missing) => {
  expect(await start(behaviour)).toEqual({ name: 'echo', missing });
});

it('says that a program is not there', async () => {
  const peer = await startPipePeer({ name: 'echo', command: join(tmpdir(), 'no-such-python'), args: [] });
  expect((peer as MissingPeer).missing).toContain('ENOENT');
});

it('reports a process that dies, and lets itself be closed', async () => {
  const peer = (await start('dies')) as Peer;
  await expect(peer.time('train', { millis: 1, most: 1 })).rejects.toThrow('its process ended');
  await expect(peer.time('train', { millis: 1, most: 1 })).rejects.toThrow('its process ended');
  await peer.close();
});
