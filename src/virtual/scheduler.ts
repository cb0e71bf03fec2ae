/**
 * Runs a machine in short slices between Node's other work: at full speed while it computes, asleep while its core
 * is, with virtual time following real time then.
 */
import type { Machine } from './machine.js';

/** Some 0.2 ms of real time: measured, no slower than ten times as many, and a host's answer does not wait for long. */
const sliceCycles = 10_000;
/** The longest sleep that setTimeout takes. */
const longestSleepMs = 0x7fffffff;

export class Scheduler {
  private immediate: NodeJS.Immediate | undefined;
  private timer: NodeJS.Timeout | undefined;
  private sleepingSince = 0;
  private sleepNanos = 0;
  private closed = false;

  constructor(private readonly machine: Machine) {
    for (const line of machine.lines) line.onTouch = () => this.wake();
    this.wake();
  }

  /** To be called before anything is done to the machine from outside. */
  wake(): void {
    if (this.closed || this.immediate) return;
    if (this.timer) {
      clearTimeout(this.timer);
      this.timer = undefined;
      const elapsed = (performance.now() - this.sleepingSince) * 1e6;
      this.machine.sleep(Math.min(elapsed, this.sleepNanos));
    }
    this.immediate = setImmediate(() => this.slice());
  }

  close(): void {
    this.closed = true;
    clearImmediate(this.immediate);
    clearTimeout(this.timer);
  }

  private slice(): void {
    this.immediate = undefined;
    const nanos = this.machine.run(sliceCycles);
    if (this.closed) return;
    if (nanos === 0) {
      this.immediate = setImmediate(() => this.slice());
      return;
    }
    this.sleepNanos = nanos;
    this.sleepingSince = performance.now();
    this.timer = setTimeout(() => this.wake(), Math.min(Math.ceil(nanos / 1e6), longestSleepMs));
    // A board that nobody talks to keeps no process alive.
    if (!this.machine.lines.some((line) => line.opened)) this.timer.unref();
  }
}
