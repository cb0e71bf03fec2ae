/**
 * A stand-in for the RP2040's boot ROM (datasheet 2.8): the function table that firmware looks calls up in, with
 * every entry a breakpoint that is served here. What it does not know, the lookup answers with 0, as the ROM does.
 */
import type { RP2040 } from 'rp2040js';
import { secondStageProblems } from '../../firmware/second_stage.js';

const tableAt = 0x20;
const lookupAt = 0x1c;
const lookupBreak = 0xff;
const eraseValue = 0xff;
/** The second-stage boot loader is copied to the end of SRAM and run there (datasheet 2.8.1.2). */
const boot2At = 0x20041f00;
const boot2Bytes = 256;
const flashSectorBytes = 4096;

/** What the calls act on. */
export interface BootromHost {
  readonly rp2040: RP2040;
  /** Bytes of flash on the board. */
  readonly flashBytes: number;
  flushCache(): void;
  resetToUsbBoot(): void;
  /** Firmware's own breakpoints and undefined instructions, which are faults on a chip without a debugger. */
  firmwareBreak(n: number): void;
}

interface Call {
  /** The two letters that firmware looks it up by (datasheet 2.8.3.1). */
  readonly code: string;
  serve(host: BootromHost, r: Uint32Array): void;
}

const nothing = () => {};

const calls: readonly Call[] = [
  { code: 'IF', serve: nothing }, // connect_internal_flash
  { code: 'EX', serve: nothing }, // flash_exit_xip
  { code: 'CX', serve: nothing }, // flash_enter_cmd_xip
  { code: 'FC', serve: (host) => host.flushCache() }, // flash_flush_cache
  {
    code: 'RE', // flash_range_erase(offset, count, block size, block command)
    serve: (host, [offset = 0, count = 0]) => {
      const end = Math.min(
        host.flashBytes,
        Math.ceil((offset + count) / flashSectorBytes) * flashSectorBytes,
      );
      host.rp2040.flash.fill(eraseValue, offset - (offset % flashSectorBytes), end);
    },
  },
  {
    code: 'RP', // flash_range_program(offset, data, count): programming only clears bits
    serve: (host, [offset = 0, data = 0, count = 0]) => {
      const { flash } = host.rp2040;
      const end = Math.min(count, host.flashBytes - offset);
      for (let i = 0; i < end; i++) flash[offset + i]! &= host.rp2040.readUint8(data + i);
    },
  },
  { code: 'UB', serve: (host) => host.resetToUsbBoot() }, // reset_to_usb_boot
];

/** Where each call's `bkpt; bx lr` lies: after the table and its closing zero. */
const codeAt = tableAt + 4 * calls.length + 4;
const tag = (code: string) => code.charCodeAt(0) | (code.charCodeAt(1) << 8);
const bkptBxLr = (n: number) => (0xbe00 | n | (0x4770 << 16)) >>> 0;

/** Writes the ROM and serves its calls. */
export function installBootrom(host: BootromHost): void {
  const { rp2040 } = host;
  const rom = rp2040.bootrom;
  rom[0x10 / 4] = 0x0001754d; // 'M', 'u', 1 and version 0
  rom[0x14 / 4] = tableAt; // the function table; no data table
  rom[0x18 / 4] = lookupAt | 1;
  rom[lookupAt / 4] = bkptBxLr(lookupBreak);
  calls.forEach((call, i) => {
    rom[tableAt / 4 + i] = tag(call.code) | ((codeAt + 4 * i) << 16) | (1 << 16);
    rom[codeAt / 4 + i] = bkptBxLr(i);
  });
  rp2040.onBreak = (n) => {
    const { registers, PC } = rp2040.core;
    if (PC >= 4 * rom.length) host.firmwareBreak(n);
    else if (n === lookupBreak) {
      const i = calls.findIndex((call) => tag(call.code) === registers[1]);
      registers[0] = i < 0 ? 0 : (codeAt + 4 * i) | 1;
    } else calls[n]?.serve(host, registers);
  };
}

/**
 * What the ROM does at reset: checks the first 256 bytes of flash, copies them to SRAM and jumps there.
 * @returns false where the checksum is wrong: the ROM then goes on as USB bootloader.
 */
export function bootFromFlash(rp2040: RP2040): boolean {
  if (secondStageProblems(rp2040.flash, boot2Bytes).length > 0) return false;
  rp2040.sram.set(rp2040.flash.subarray(0, boot2Bytes), boot2At - 0x20000000);
  const { core } = rp2040;
  core.SP = boot2At; // rp2040js has no reset of its own that sets it, and boot2 pushes
  core.LR = 0;
  core.PC = boot2At;
  core.VTOR = 0;
  return true;
}
