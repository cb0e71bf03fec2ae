/**
 * A board is data. Everything the pipeline needs to know of one is in a Target; nothing anywhere asks for a
 * board by name. Adding a board: one file here, one line in index.ts, its files in firmware-templates/.
 */

/**
 * What kernels may count on, and the names of the folders in codegen/kernels. `portable` is plain C99 and every
 * target has it, last.
 */
export type Capability =
  | 'portable'
  /** A single-cycle 32-bit multiplier and no SIMD: Cortex-M0+ as in the RP2040. */
  | 'mul32';

export interface MemoryRegion {
  readonly origin: number;
  readonly bytes: number;
}

/** A cross or host compiler: the executables' common prefix and the flags that make code for this board. */
export interface Toolchain {
  /** `arm-none-eabi-`, or '' for the system compiler. */
  readonly prefix: string;
  readonly compileFlags: readonly string[];
  readonly linkFlags: readonly string[];
  /** What to install, by platform (process.platform), as a command the user can paste. */
  readonly install: { readonly linux: string; readonly darwin: string; readonly win32: string };
}

/** A cache between flash and core, for the virtual board's optional model of it. */
export interface XipCache {
  readonly bytes: number;
  readonly ways: number;
  readonly lineBytes: number;
  /** Core cycles that a missed line costs, unless the user says otherwise. */
  readonly missCycles: number;
}

export interface Firmware {
  /** Folders under firmware-templates, compiled together: `['common', 'pico']`. */
  readonly templates: readonly string[];
  /** In the last template folder. */
  readonly linkerScript: string;
  /** Compiler flags beside the toolchain's, for the firmware's own C and for the model's. */
  readonly optimization: { readonly runtime: string; readonly model: string };
  /** A first block of flash that the bootrom runs only if its last word is the CRC-32 of what precedes it. */
  readonly secondStage?: { readonly section: string; readonly bytes: number };
  readonly flash: MemoryRegion;
  readonly ram: MemoryRegion;
  /** Bytes of RAM kept for the stack; the linker refuses an image that leaves less. */
  readonly stackBytes: number;
  /** How an image gets onto the board. */
  readonly flasher: Uf2Volume;
  readonly usb: { readonly vendorId: number; readonly productId: number };
  /** The emulator that stands in for the board. */
  readonly virtual: { readonly machine: 'rp2040' };
  readonly xipCache?: XipCache;
}

/** A bootloader that shows up as a USB drive and takes UF2 files (RP2040 datasheet 2.8.4). */
export interface Uf2Volume {
  readonly kind: 'uf2-volume';
  readonly familyId: number;
  /** Labels of the drive. */
  readonly volumes: readonly string[];
}

export interface Target {
  /** What the user types: `pico`. */
  readonly name: string;
  readonly title: string;
  readonly core: string;
  readonly clockHz: number;
  readonly capabilities: readonly Capability[];
  /** Alignment of every tensor in the arena, bytes. */
  readonly alignment: number;
  readonly toolchain: Toolchain;
  /** Absent on the host, where the model is an ordinary program. */
  readonly firmware?: Firmware;
}
