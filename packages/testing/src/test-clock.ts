/** A clock that stands still until the test moves it. */
export interface TestClock {
  (): Date;
  set(time: Date | string): void;
  /** Moves it on (or back) by so many milliseconds. */
  advance(ms: number): void;
}

/** Makes a clock; it starts at the real time in whole seconds unless told. */
export function createTestClock(start?: Date | string): TestClock {
  let now = start === undefined ? new Date(Math.floor(Date.now() / 1000) * 1000) : new Date(start);
  const clock = () => new Date(now);
  return Object.assign(clock, {
    set(time: Date | string) {
      now = new Date(time);
    },
    advance(ms: number) {
      now = new Date(now.getTime() + ms);
    },
  });
}
