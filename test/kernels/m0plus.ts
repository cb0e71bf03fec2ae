/**
 * A bare Cortex-M0+ for kernels: C is linked flat, constants in flash, and its functions are called one by one on
 * rp2040js, their cycles counted. No firmware, no boot, no clock.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RP2040 } from 'rp2040js';
import { assetPath } from '../../src/assets.js';
import { pico } from '../../targets/pico.js';
import { bareString } from './bare_string.js';

const flash = 0x10000000;
const ram = 0x20000000;
const stackTop = 0x20042000;
/** More than any function under test takes. */
const cycleLimit = 1e9;

const linkerScript = `
SECTIONS {
  . = ${flash}; .text : { KEEP(*(.stop)) *(.text*) *(.rodata*) }
  . = ${ram}; .bss : { *(.data*) *(.bss*) *(COMMON) }
}
`;

/** Where functions return to. */
const support = `
__attribute__((section(".stop"), naked, used)) static void stop(void) { __asm__("bkpt #0\\n"); }
`;

/** Told of every access of a running function, in its order. */
export type Watch = (kind: 'read' | 'write', address: number, bytes: number) => void;

export interface Machine {
  /** Bytes of all code and constants. */
  readonly flashBytes: number;
  /** Runs a function without parameters. @returns its cycles */
  call(symbol: string, watch?: Watch): number;
  addressOf(symbol: string): number;
  read(symbol: string, offset: number, bytes: number): Uint8Array;
  write(symbol: string, offset: number, bytes: Uint8Array): void;
}

/** Compiles `file` in `folder` with the flags of the Pico and gives back a machine that holds it. */
export function bootCortexM0Plus(folder: string, file: string, flags: readonly string[] = ['-O2']): Machine {
  const at = (name: string) => path.join(folder, name);
  writeFileSync(at('flat.ld'), linkerScript);
  writeFileSync(at('support.c'), support + bareString);
  const { prefix, compileFlags, linkFlags } = pico.toolchain;
  const sources = [at(file), at('support.c')];
  // GCC would make a call of memset out of memset's own loop.
  const own = ['-fno-tree-loop-distribute-patterns', '-Wno-unused-function', '-T', at('flat.ld')];
  // The firmware's own string.h: no C library has to be installed.
  own.push('-I', assetPath('firmware-templates/common'));
  const elf = at('kernel.elf');
  const args = [...compileFlags, ...flags, ...linkFlags, ...own, ...sources, '-lgcc', '-o', elf];
  execFileSync(`${prefix}gcc`, args, { stdio: 'pipe' });
  execFileSync(`${prefix}objcopy`, ['-O', 'binary', '-j', '.text', elf, at('kernel.bin')]);
  const symbols = new Map<string, number>();
  for (const row of execFileSync(`${prefix}nm`, [elf], { encoding: 'utf8' }).split('\n')) {
    const [address, , name] = row.split(' ');
    if (address && name) symbols.set(name, Number.parseInt(address, 16));
  }
  return machine(readFileSync(at('kernel.bin')), symbols);
}

function machine(image: Uint8Array, symbols: ReadonlyMap<string, number>): Machine {
  const board = new RP2040();
  board.flash.set(image, 0);
  const { core } = board;
  let stopped = false;
  board.onBreak = () => {
    stopped = true;
  };
  const addressOf = (symbol: string) => {
    const address = symbols.get(symbol);
    if (address === undefined) throw new Error(`no symbol "${symbol}"`);
    return address;
  };
  return {
    flashBytes: image.length,
    addressOf,
    call(symbol, watch) {
      if (watch) watchAccesses(board, watch);
      core.PC = addressOf(symbol);
      core.SP = stackTop;
      core.LR = flash | 1;
      const start = core.cycles;
      for (stopped = false; !stopped; ) {
        core.executeInstruction();
        if (core.cycles - start > cycleLimit) throw new Error(`${symbol} does not end`);
      }
      if (watch) for (const name of accessors) Reflect.deleteProperty(board, name);
      return core.cycles - start;
    },
    read: (symbol, offset, bytes) => {
      const start = addressOf(symbol) - ram + offset;
      return board.sram.slice(start, start + bytes);
    },
    write: (symbol, offset, bytes) => board.sram.set(bytes, addressOf(symbol) - ram + offset),
  };
}

const accessors = [
  'readUint8',
  'readUint16',
  'readUint32',
  'writeUint8',
  'writeUint16',
  'writeUint32',
] as const;

/** Puts the board's accessors behind ones that tell of each call; one that is made of others is told of once. */
function watchAccesses(board: RP2040, watch: Watch): void {
  let inside = false;
  for (const name of accessors) {
    const access = RP2040.prototype[name] as (address: number, value?: number) => number;
    const kind = name.startsWith('read') ? 'read' : 'write';
    const bytes = Number(name.replace(/\D/g, '')) / 8;
    Object.assign(board, {
      [name](address: number, value?: number) {
        if (inside) return access.call(board, address, value);
        watch(kind, address >>> 0, bytes);
        inside = true;
        const result = access.call(board, address, value);
        inside = false;
        return result;
      },
    });
  }
}
