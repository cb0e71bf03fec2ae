/** What a linked firmware takes of flash and RAM, read from the ELF and held against what was planned. */
import type { Sources } from '../../codegen/sources.js';
import type { Firmware } from '../../targets/target.js';
import { CrimpError, type Diagnostic, Exit, error } from '../diagnostics.js';
import type { Elf } from './elf.js';

export interface FirmwareSizes {
  readonly flash: {
    /** Everything that is no weights. */
    readonly code: number;
    readonly weights: number;
    readonly total: number;
    readonly available: number;
    /** `code` by origin: second stage of the boot, crimp's own firmware, the model's layers and kernels. */
    readonly parts: { readonly boot: number; readonly runtime: number; readonly model: number };
  };
  readonly ram: {
    readonly arena: number;
    /** All other variables, the input buffer among them. */
    readonly static: number;
    readonly stack: number;
    readonly total: number;
    readonly available: number;
  };
}

/** Of a program of the host: the rest is the operating system's to decide. */
export interface ProgramSizes {
  readonly flash: { readonly code: null; readonly weights: number; readonly total: null };
  readonly ram: { readonly arena: number; readonly static: null; readonly stack: null; readonly total: null };
}

export function programSizes({
  weightsBytes,
  arenaBytes,
}: Pick<Planned, 'weightsBytes' | 'arenaBytes'>): ProgramSizes {
  return {
    flash: { code: null, weights: weightsBytes, total: null },
    ram: { arena: arenaBytes, static: null, stack: null, total: null },
  };
}

type Planned = Pick<Sources, 'prefix' | 'arenaBytes' | 'constants' | 'weightsBytes'>;

/** @throws CrimpError `size-mismatch` when the ELF has another arena or other weights than planned: a bug of ours. */
export function firmwareSizes(elf: Elf, planned: Planned, firmware: Firmware): FirmwareSizes {
  const bytesOf = new Map(elf.symbols.filter((s) => s.kind === 'object').map((s) => [s.name, s.bytes]));
  const section = (name: string) => elf.sections.find((s) => s.name === name)?.bytes ?? 0;
  const arena = bytesOf.get(`${planned.prefix}_arena`) ?? 0;
  const weights = planned.constants.reduce((n, c) => n + (bytesOf.get(c.symbol) ?? 0), 0);
  const problems: Diagnostic[] = [];
  const compare = (what: string, found: number, expected: number) => {
    if (found === expected) return;
    const message = `the ELF has ${found} bytes of ${what}, planned were ${expected}`;
    problems.push(error('size-mismatch', message, 'Report this as a bug.'));
  };
  compare('arena', arena, planned.arenaBytes);
  compare('weights', weights, planned.weightsBytes);
  if (problems.length > 0) throw new CrimpError(problems, Exit.environment);

  const total = elf.segments.reduce((n, s) => n + s.data.length, 0);
  const boot = firmware.secondStage?.bytes ?? 0;
  const model = section('.model') - weights;
  const ram = section('.data') + section('.bss');
  const stack = section('.stack');
  return {
    flash: {
      code: total - weights,
      weights,
      total,
      available: firmware.flash.bytes,
      parts: { boot, runtime: total - weights - boot - model, model },
    },
    ram: { arena, static: ram - arena, stack, total: ram + stack, available: firmware.ram.bytes },
  };
}
