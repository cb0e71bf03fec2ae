/** An RP2040 board: rp2040js with a boot ROM, a USB host, a UART, a bootloader drive, and reset as the chip does it. */
import { type Logger, RP2040 } from 'rp2040js';
import type { Firmware } from '../../../targets/target.js';
import type { Uf2Image } from '../../flash/uf2.js';
import { writeSegments } from '../image.js';
import type { VirtualLine } from '../line.js';
import type { Machine } from '../machine.js';
import { bootFromFlash, installBootrom } from './bootrom.js';
import { VirtualClock } from './clock.js';
import { installSysTick } from './systick.js';
import { UartHost } from './uart_host.js';
import { UsbCdcHost } from './usb_host.js';
import { CachedRp2040, type CacheModel } from './xip_cache.js';

/** Sleeps up to this long are jumped over; longer ones take their time. */
const jumpNanos = 1e6;
const watchdogKey = 0x40058;
const mostFaults = 20;
const hardFaultNumber = 3;
/** Names under which rp2040js reports what is a HardFault on a real chip: bad addresses, unknown instructions. */
const faultSources = new Set(['RP2040', 'CortexM0Core']);

/** What rp2040js's watchdog has but does not declare. */
interface Watchdog {
  onWatchdogTrigger: () => void;
  readonly scratchData: Uint32Array;
  reason: number;
}

export interface Rp2040Options {
  readonly firmware: Firmware;
  /** The whole flash's contents. */
  readonly flash: Uint8Array;
  readonly usb: VirtualLine;
  readonly uart: VirtualLine;
  /** Charges flash-cache misses; without it reads of flash are free. */
  readonly cache?: CacheModel;
}

export class Rp2040Machine implements Machine {
  state: 'running' | 'bootloader' = 'running';
  cycles = 0;
  readonly faults: string[] = [];
  readonly lines: readonly VirtualLine[];
  /** A new one at every reset, so that no alarm of what ran before is left. */
  private clock = new VirtualClock();
  private chip!: RP2040;
  private cycleNanos = 8;
  /** Set from within an instruction, acted on after it. */
  private wanted: 'watchdog-reset' | 'bootloader' | 'hard-fault' | undefined;
  /** A fault within the fault handler stops a core for good (ARMv6-M B1.5.15). */
  private lockedUp = false;

  constructor(private readonly options: Rp2040Options) {
    this.lines = [options.usb, options.uart];
    this.powerOn(options.flash);
  }

  run(budget: number): number {
    if (this.state === 'bootloader' || this.lockedUp) return Number.POSITIVE_INFINITY;
    const { clock, chip } = this;
    const { core } = chip;
    const cached = chip instanceof CachedRp2040 ? chip : undefined;
    let used = 0;
    let slept = 0;
    while (used + slept < budget && this.wanted === undefined) {
      if (core.waiting && !this.wakesAtOnce()) {
        const nanos = clock.nanosToNextAlarm;
        if (nanos > jumpNanos) {
          this.cycles += used;
          return nanos;
        }
        clock.tick(nanos);
        slept += nanos / this.cycleNanos + 1;
        continue;
      }
      let cycles = core.executeInstruction();
      if (cached !== undefined) cycles += cached.takeStalls();
      clock.tick(cycles * this.cycleNanos);
      used += cycles;
    }
    this.cycles += used;
    if (this.wanted === 'watchdog-reset') this.watchdogReset();
    else if (this.wanted === 'bootloader') this.enterBootloader();
    else if (this.wanted === 'hard-fault') this.hardFault();
    return 0;
  }

  sleep(nanos: number): void {
    // Whole cycles, so that the core's clock keeps its phase and counts stay what they are.
    if (Number.isFinite(nanos)) this.clock.tick(Math.round(nanos / this.cycleNanos) * this.cycleNanos);
  }

  program(image: Uf2Image): void {
    const flash = this.flashContents();
    const { flasher } = this.options.firmware;
    const chunks = image.chunks.filter((chunk) => chunk.familyId === flasher?.familyId);
    writeSegments(flash, chunks, this.options.firmware);
    this.powerOn(flash);
  }

  enterBootloader(): void {
    this.wanted = undefined;
    this.state = 'bootloader';
    this.unplug();
  }

  /** WFI ends at once while an enabled interrupt is pending, masked or not (ARMv6-M, B1.5.19). */
  private wakesAtOnce(): boolean {
    const { core } = this.chip;
    if (
      core.pendingInterrupts & core.enabledInterrupts ||
      (core.interruptsUpdated && core.checkForInterrupts())
    ) {
      core.waiting = false;
      return true;
    }
    return false;
  }

  private hardFault(): void {
    this.wanted = undefined;
    const { core } = this.chip;
    if (core.IPSR === hardFaultNumber) this.lockedUp = true;
    else core.exceptionEntry(hardFaultNumber);
  }

  /** What a reset does to the lines: the USB port goes away; a UART's adapter stays and hears nothing. */
  private unplug(): void {
    this.options.usb.vanish();
    this.options.uart.device = undefined;
  }

  private flashContents(): Uint8Array {
    return this.chip.flash.slice(0, this.options.firmware.flash.bytes);
  }

  private watchdogReset(): void {
    const { scratchData, reason } = watchdogOf(this.chip);
    this.powerOn(this.flashContents());
    const watchdog = watchdogOf(this.chip);
    watchdog.scratchData.set(scratchData);
    watchdog.reason = reason;
  }

  private powerOn(flash: Uint8Array): void {
    this.unplug();
    this.wanted = undefined;
    this.lockedUp = false;
    this.state = 'running';
    const { cache, usb, uart } = this.options;
    cache?.flush();
    this.clock = new VirtualClock();
    const chip = cache ? new CachedRp2040(this.clock, cache) : new RP2040(this.clock);
    this.chip = chip;
    chip.logger = this.logger();
    const sysTick = installSysTick(chip, this.clock);
    chip.addClockListener((hertz) => {
      this.cycleNanos = 1e9 / hertz;
      sysTick.setCycleNanos(this.cycleNanos);
    });
    this.cycleNanos = 1e9 / chip.clkSys;
    chip.flash.set(flash);
    installBootrom({
      rp2040: chip,
      flashBytes: flash.length,
      flushCache: () => cache?.flush(),
      resetToUsbBoot: () => {
        this.wanted = 'bootloader';
      },
      firmwareBreak: (n) => this.fault(`breakpoint or undefined instruction ${n}`),
    });
    watchdogOf(chip).onWatchdogTrigger = () => {
      this.wanted = 'watchdog-reset';
    };
    new UsbCdcHost(chip, this.clock, usb);
    new UartHost(chip.uart[0]!, this.clock, uart);
    if (!bootFromFlash(chip)) this.enterBootloader();
  }

  private logger(): Logger {
    const note = (source: string, message: string) => {
      if (faultSources.has(source)) this.fault(message);
    };
    return { debug: () => {}, info: () => {}, warn: note, error: note };
  }

  private fault(message: string): void {
    const pc = this.chip.core.PC.toString(16);
    if (this.faults.length < mostFaults) this.faults.push(`${message} (pc ${pc})`);
    this.wanted ??= 'hard-fault';
  }
}

function watchdogOf(chip: RP2040): Watchdog {
  return chip.peripherals[watchdogKey] as unknown as Watchdog;
}
