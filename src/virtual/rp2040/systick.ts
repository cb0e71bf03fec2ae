/**
 * The core's SysTick (ARMv6-M B3.3), exact to the cycle. rp2040js has one, but its period is a cycle short: it reloads
 * at zero instead of after it, which a cycle count must not.
 */
import type { RP2040 } from 'rp2040js';
import type { VirtualClock } from './clock.js';

const registers = { csr: 0x010, rvr: 0x014, cvr: 0x018 } as const;
const enable = 1 << 0;
const tickInterrupt = 1 << 1;
const coreClock = 1 << 2;
const countFlag = 1 << 16;
const mask = 0xffffff;

export class SysTick {
  private control = 0;
  private reload = 0;
  /** The counter at the time `since`, and that time in nanoseconds. */
  private value = 0;
  private since: number;
  private counted = false;
  private readonly zero: { schedule(nanos: number): void; cancel(): void };

  constructor(
    private readonly clock: VirtualClock,
    private cycleNanos: number,
    private readonly onInterrupt: () => void,
  ) {
    this.since = clock.nanos;
    this.zero = clock.createAlarm(() => this.reachedZero());
  }

  /** @returns undefined for a register that is not SysTick's. */
  read(offset: number): number | undefined {
    if (offset === registers.rvr) return this.reload;
    if (offset === registers.cvr) return this.counter();
    if (offset !== registers.csr) return undefined;
    const flag = this.counted ? countFlag : 0;
    this.counted = false;
    return this.control | flag;
  }

  /** @returns whether the register is SysTick's. */
  write(offset: number, value: number): boolean {
    if (offset === registers.rvr) {
      this.settle();
      this.reload = value & mask;
    } else if (offset === registers.cvr) {
      this.settle();
      this.value = 0; // any write clears it; the next cycle reloads
      this.counted = false;
    } else if (offset === registers.csr) {
      this.settle();
      this.control = value & (enable | tickInterrupt | coreClock);
    } else return false;
    this.schedule();
    return true;
  }

  /** The core runs at another rate from now on. */
  setCycleNanos(nanos: number): void {
    this.settle();
    this.cycleNanos = nanos;
    this.schedule();
  }

  private get running(): boolean {
    return (this.control & enable) !== 0 && this.reload > 0;
  }

  private counter(): number {
    if (!this.running) return this.value;
    const elapsed = Math.round((this.clock.nanos - this.since) / this.cycleNanos);
    if (elapsed <= this.value) return this.value - elapsed;
    return this.reload - ((elapsed - this.value - 1) % (this.reload + 1));
  }

  private settle(): void {
    this.value = this.counter();
    this.since = this.clock.nanos;
  }

  private schedule(): void {
    this.zero.cancel();
    if (!this.running) return;
    const cycles = this.value > 0 ? this.value : this.reload + 1;
    this.zero.schedule(cycles * this.cycleNanos - (this.clock.nanos - this.since));
  }

  private reachedZero(): void {
    this.value = 0;
    this.since = this.clock.nanos;
    this.counted = true;
    if (this.control & tickInterrupt) this.onInterrupt();
    this.schedule();
  }
}

/** Puts an exact SysTick in the place of rp2040js's own. */
export function installSysTick(chip: RP2040, clock: VirtualClock): SysTick {
  const { core, ppb } = chip;
  const tick = new SysTick(clock, 1e9 / chip.clkSys, () => {
    core.pendingSystick = true;
    core.interruptsUpdated = true;
  });
  const read = ppb.readUint32.bind(ppb);
  const write = ppb.writeUint32.bind(ppb);
  ppb.readUint32 = (offset) => tick.read(offset) ?? read(offset);
  ppb.writeUint32 = (offset, value) => {
    if (!tick.write(offset, value)) write(offset, value);
  };
  return tick;
}
