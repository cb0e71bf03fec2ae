/** What a virtual board is to the rest, whatever emulates it. */
import type { BindingInterface } from '@serialport/bindings-interface';
import type { Firmware, Target } from '../../targets/target.js';
import type { Volume } from '../flash/world.js';

export interface VirtualOptions {
  /** Charge flash-cache misses: `true` for the target's own cost of a miss, or that many cycles. */
  readonly xip?: boolean | number;
  /** Start in the bootloader, as with BOOTSEL held. */
  readonly bootloader?: boolean;
}

export interface VirtualBoard {
  readonly target: Target;
  /** `virtual:pico`, the USB port, and `virtual:pico:uart`: what to open on `binding`. Boards with one line have one name for it. */
  readonly port: string;
  readonly uartPort: string;
  readonly binding: BindingInterface;
  /** The bootloader's drive while it shows. */
  readonly volume: Volume | undefined;
  /** Waits until the port is there. @throws CrimpError `no-usb` or `no-start` when the firmware does not bring it up. */
  ready(): Promise<void>;
  /** Core cycles run since power-on, sleep not counted; undefined where the emulator does not tell. */
  readonly cycles: number | undefined;
  /** Reads of the flash through the cache model, where it is on. */
  readonly cache: { readonly hits: number; readonly misses: number } | undefined;
  readonly faults: readonly string[];
  /** Unplugs it. */
  close(): void;
}

/** What an emulator is asked for: this firmware, on this board. */
export interface BoardRequest {
  readonly target: Target;
  readonly firmware: Firmware;
  /** The whole flash. */
  readonly flash: Uint8Array;
  readonly options: VirtualOptions;
}
