/**
 * A bare Cortex-M0+ for kernels: compiles one translation unit that defines `void run(void)`, runs it on rp2040js
 * and gives back cycles and memory. No firmware, no boot: everything is linked flat, constants in flash.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RP2040 } from 'rp2040js';

const flash = 0x10000000;
const ram = 0x20000000;
const stackTop = 0x20040000;

const linkerScript = `
SECTIONS {
  . = 0x10000000; .text : { *(.start) *(.text*) *(.rodata*) }
  . = 0x20000000; .bss : { *(.data*) *(.bss*) *(COMMON) }
}
`;

const start = `
__attribute__((section(".start"), naked)) void start(void) { __asm__("bl run\\n bkpt #1\\n"); }
`;

export interface Run {
  readonly cycles: number;
  /** Bytes of code and constants of the whole image. */
  readonly flashBytes: number;
  /** Reads a global variable. */
  read(symbol: string, bytes: number): Uint8Array;
}

export function hasArmCompiler(): boolean {
  try {
    execFileSync('arm-none-eabi-gcc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Compiles C with the flags of the board and runs it to the end of `run`. */
export function runOnCortexM0Plus(source: string, flags: readonly string[] = ['-O2'], keep?: string): Run {
  const folder = mkdtempSync(join(tmpdir(), 'crimp-kernel-'));
  try {
    const file = (name: string) => join(folder, name);
    writeFileSync(file('kernel.c'), source + start);
    writeFileSync(file('flat.ld'), linkerScript);
    const cpu = ['-mcpu=cortex-m0plus', '-mthumb', '-std=c99', '-Wall', '-Wextra', '-Wconversion', '-Werror'];
    execFileSync('arm-none-eabi-gcc', [
      ...[...cpu, ...flags, '-ffreestanding', '-nostdlib', '-Wno-unused-function', '-T', file('flat.ld')],
      ...[file('kernel.c'), '-lgcc', '-o', file('kernel.elf')],
    ]);
    if (keep) writeFileSync(keep, readFileSync(file('kernel.elf')));
    execFileSync('arm-none-eabi-objcopy', [
      '-O',
      'binary',
      '-j',
      '.text',
      file('kernel.elf'),
      file('kernel.bin'),
    ]);
    const symbols = new Map<string, number>();
    for (const row of execFileSync('arm-none-eabi-nm', [file('kernel.elf')], { encoding: 'utf8' }).split(
      '\n',
    )) {
      const [address, , name] = row.split(' ');
      if (address && name) symbols.set(name, Number.parseInt(address, 16));
    }
    return execute(readFileSync(file('kernel.bin')), symbols);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function execute(image: Uint8Array, symbols: ReadonlyMap<string, number>): Run {
  const board = new RP2040();
  board.flash.set(image, 0);
  board.core.PC = flash;
  board.core.SP = stackTop;
  let stopped = false;
  board.onBreak = () => {
    stopped = true;
  };
  const budget = 400e6;
  while (!stopped && board.core.cycles < budget) board.core.executeInstruction();
  if (!stopped) throw new Error(`the kernel did not end within ${budget} cycles`);
  return {
    cycles: board.core.cycles,
    flashBytes: image.length,
    read(symbol, bytes) {
      const address = symbols.get(symbol);
      if (address === undefined) throw new Error(`no symbol "${symbol}"`);
      return board.sram.slice(address - ram, address - ram + bytes);
    },
  };
}
