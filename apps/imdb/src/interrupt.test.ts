import { afterEach, expect, it, vi } from 'vitest';
import { Interrupted, listenForInterrupt } from './interrupt.js';

afterEach(() => {
  vi.useRealTimers();
});

it('asks once for the first press, and gives the signal back for the second', () => {
  vi.useFakeTimers();
  const before = process.listenerCount('SIGINT');
  let asked = 0;
  const interrupt = listenForInterrupt(() => asked++);
  expect(interrupt.exitCode).toBeUndefined();
  process.emit('SIGINT', 'SIGINT');
  process.emit('SIGINT', 'SIGINT'); // npm's copy of the same press
  expect(asked).toBe(1);
  expect(interrupt.exitCode).toBe(130);
  expect(interrupt.signal.reason).toBeInstanceOf(Interrupted);
  expect(process.listenerCount('SIGINT')).toBe(before + 1);
  vi.advanceTimersByTime(1000);
  expect(process.listenerCount('SIGINT')).toBe(before);
  expect(process.listenerCount('SIGTERM')).toBe(before);
});

it('ends with 143 after SIGTERM, and stops listening when it is done', () => {
  const before = process.listenerCount('SIGTERM');
  const interrupt = listenForInterrupt(() => undefined);
  process.emit('SIGTERM', 'SIGTERM');
  expect(interrupt.exitCode).toBe(143);
  interrupt.dispose();
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
