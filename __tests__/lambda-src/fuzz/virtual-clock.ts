interface Timer {
  readonly time: number;
  run(): void;
}

/** Time that passes only where something waits for it. */
export class VirtualClock {
  now = 0;
  readonly #timers = new Set<Timer>();
  readonly #real = { setTimeout, clearTimeout, setInterval, clearInterval };

  /** In place of the real timers, for all that looks them up from now on. */
  install(): void {
    Object.assign(globalThis, {
      setTimeout: (run: (value: unknown) => void, milliseconds = 0, value?: unknown) =>
        this.after(milliseconds, () => run(value)),
      clearTimeout: (timer: Timer) => this.#timers.delete(timer),
      // What is kept alive needs no event loop here.
      setInterval: () => undefined,
      clearInterval: () => undefined,
    });
  }

  uninstall(): void {
    Object.assign(globalThis, this.#real);
  }

  after(milliseconds: number, run: () => void): Timer {
    const timer = { time: this.now + Math.max(0, milliseconds), run };
    this.#timers.add(timer);
    return timer;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.after(milliseconds, resolve));
  }

  /** Passes time until the promise is settled. What is then left never happens. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let isPending = true;
    const settle = () => {
      isPending = false;
    };
    promise.then(settle, settle);
    for (;;) {
      // Everything that can happen at this time.
      await new Promise((resolve) => setImmediate(resolve));
      if (!isPending) break;
      const [next] = [...this.#timers].sort((a, b) => a.time - b.time);
      if (!next) throw new Error('nothing is left that could settle it');
      this.#timers.delete(next);
      this.now = Math.max(this.now, next.time);
      next.run();
    }
    this.#timers.clear();
    return promise;
  }
}
