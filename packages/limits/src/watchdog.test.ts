import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createWatchdog } from './watchdog.ts';

describe('a watchdog', () => {
  afterEach(() => void jest.useRealTimers());

  it('notices a silence once, after its time', () => {
    jest.useFakeTimers();
    const noticed = jest.fn();
    const watchdog = createWatchdog(250, noticed);
    watchdog.started();
    watchdog.started();
    jest.advanceTimersByTime(249);
    expect(noticed).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1000);
    expect(noticed).toHaveBeenCalledTimes(1);
  });

  it('one answer among many under way shows that the other side lives', () => {
    jest.useFakeTimers();
    const noticed = jest.fn();
    const watchdog = createWatchdog(250, noticed);
    for (let command = 0; command < 6; command += 1) watchdog.started();
    for (let command = 0; command < 6; command += 1) {
      jest.advanceTimersByTime(200);
      watchdog.settled();
    }
    jest.advanceTimersByTime(1000);
    expect(noticed).not.toHaveBeenCalled();
  });

  it('an answer that arrived while this process stood still is not a silence', async () => {
    const noticed = jest.fn();
    const watchdog = createWatchdog(100, noticed);
    watchdog.started();
    const until = performance.now() + 300;
    while (performance.now() < until);
    // What a socket that became readable meanwhile does: it is heard after the timers.
    await new Promise<void>((resolve) => setImmediate(resolve));
    watchdog.settled();
    expect(noticed).not.toHaveBeenCalled();
  });
});
