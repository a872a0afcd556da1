import { afterEach, expect, it, vi } from 'vitest';
import { Interrupted, listenForInterrupt } from './interrupt.js';

afterEach(() => {
  vi.restoreAllMocks();
});

it('asks once for the first press, and ends the program at the second', () => {
  const before = process.listenerCount('SIGINT');
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  const clock = vi.spyOn(performance, 'now').mockReturnValue(1000);
  let asked = 0;
  const interrupt = listenForInterrupt(() => asked++);
  expect(interrupt.exitCode).toBeUndefined();
  process.emit('SIGINT', 'SIGINT');
  clock.mockReturnValue(1100);
  process.emit('SIGINT', 'SIGINT'); // npm's copy of the same press
  expect(asked).toBe(1);
  expect(interrupt.exitCode).toBe(130);
  expect(interrupt.signal.reason).toBeInstanceOf(Interrupted);
  expect(kill).not.toHaveBeenCalled();
  clock.mockReturnValue(2000);
  process.emit('SIGINT', 'SIGINT');
  expect(asked).toBe(1);
  expect(kill.mock.calls).toEqual([[process.pid, 'SIGINT']]);
  expect(process.listenerCount('SIGINT')).toBe(before); // so that the system ends the program
});

it('ends with 143 after SIGTERM, and stops listening when it is done', () => {
  const before = process.listenerCount('SIGTERM');
  const interrupt = listenForInterrupt(() => undefined);
  process.emit('SIGTERM', 'SIGTERM');
  expect(interrupt.exitCode).toBe(143);
  interrupt.dispose();
  expect(process.listenerCount('SIGTERM')).toBe(before);
  expect(process.listenerCount('SIGINT')).toBe(before);
});
