/** What a board's emulator is to the rest: something that runs in slices, has serial lines and can be flashed. */
import type { Uf2Image } from '../flash/uf2.js';
import type { VirtualLine } from './line.js';

export interface Machine {
  readonly lines: readonly VirtualLine[];
  /** `bootloader` shows a drive that takes UF2 files and runs no firmware. */
  readonly state: 'running' | 'bootloader';
  /** Core cycles run since power-on, sleep not counted. */
  readonly cycles: number;
  /** What firmware did that is a fault on a real chip, such as reading where nothing is; none in sound firmware. */
  readonly faults: readonly string[];
  /**
   * Runs about this many cycles, less when the core goes to sleep.
   * @returns 0 when there is more to run at once, else the nanoseconds of sleep to the next event (infinite: until
   * the host sends something).
   */
  run(cycles: number): number;
  /** Lets a sleeping machine's time go by, at most what `run` returned. */
  sleep(nanos: number): void;
  /** Writes an image to flash and starts it. */
  program(image: Uf2Image): void;
  /** Holds BOOTSEL and resets. */
  enterBootloader(): void;
}
