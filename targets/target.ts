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
  | 'mul32'
  /** Arm's DSP extension, which multiplies two pairs of 16 bits and adds both (SMLAD): Cortex-M33, M4, M7. */
  | 'dsp'
  /** RISC-V with multiplier: 32 registers, bytes loaded with their sign in one instruction, the upper half of a product (MULH). */
  | 'rv32im';

export interface MemoryRegion {
  readonly origin: number;
  readonly bytes: number;
}

/** A command the user can paste, by platform (process.platform). */
export interface Install {
  readonly linux: string;
  readonly darwin: string;
  readonly win32: string;
}

/** A cross or host compiler: the executables' common prefix and the flags that make code for this board. */
export interface Toolchain {
  /** `arm-none-eabi-`, or '' for the system compiler. */
  readonly prefix: string;
  /** The same compiler as other distributors call it: `riscv32-esp-elf-`. */
  readonly otherPrefixes?: readonly string[];
  readonly compileFlags: readonly string[];
  readonly linkFlags: readonly string[];
  readonly install: Install;
}

/** A cache between flash and core, for the virtual board's optional model of it. */
export interface XipCache {
  readonly bytes: number;
  readonly ways: number;
  readonly lineBytes: number;
  /** Core cycles that a missed line costs, unless the user says otherwise. */
  readonly missCycles: number;
}

/** What a board measures with: a core's cycles, or the instructions of an emulated core, which has no cycles of its own. */
export type Counts = 'cycles' | 'instructions';

/** The RP2040 as rp2040js emulates it, in this process. */
export interface Rp2040Emulator {
  readonly kind: 'rp2040';
}

/** QEMU's system emulator, a process of its own, whose first serial port is the board's. */
export interface QemuEmulator {
  readonly kind: 'qemu';
  /** `qemu-system-riscv32` */
  readonly program: string;
  /** The machine, and how it counts; crimp adds the serial port and the firmware, as it lies in flash. */
  readonly args: readonly string[];
  readonly install: Install;
}

export interface Firmware {
  /** Folders under firmware-templates, compiled together: `['common', 'rp2', 'pico']`. */
  readonly templates: readonly string[];
  /** In the last template folder. */
  readonly linkerScript: string;
  /** Compiler flags beside the toolchain's, for the firmware's own C and for the model's. */
  readonly optimization: { readonly runtime: string; readonly model: string };
  /** A first block of flash that the bootrom runs only if its last word is the CRC-32 of what precedes it. */
  readonly secondStage?: { readonly section: string; readonly bytes: number };
  /** The bootrom starts what a loop of blocks in the first 4 KB of flash says is an image of this type (RP2350 datasheet 5.9). */
  readonly imageDef?: { readonly imageType: number };
  readonly flash: MemoryRegion;
  readonly ram: MemoryRegion;
  /** Bytes of RAM kept for the stack; the linker refuses an image that leaves less. */
  readonly stackBytes: number;
  /** What the virtual board counts an inference in; a board that runs says for itself. */
  readonly counts: Counts;
  /** How an image gets onto the board; absent where it is only ever powered with one, as a virtual board is. */
  readonly flasher?: Uf2Volume;
  readonly usb?: { readonly vendorId: number; readonly productId: number };
  /** The emulator that stands in for the board. */
  readonly virtual: Rp2040Emulator | QemuEmulator;
  readonly xipCache?: XipCache;
}

/** A bootloader that shows up as a USB drive and takes UF2 files (RP2040 datasheet 2.8.4). */
export interface Uf2Volume {
  readonly kind: 'uf2-volume';
  readonly familyId: number;
  /** A block that comes first, is of another family and is never programmed: what chips with a certain erratum ask for. */
  readonly leadBlock?: { readonly familyId: number; readonly address: number };
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
