/**
 * A 32-bit RISC-V core with multiplier and compressed instructions (the ISA of ESP32-C3, CH32V203 and their like) as QEMU's virt
 * machine has it: a virtual board only. Its memory is all RAM, from 0x80000000; two parts of it stand for flash and RAM, as large as an ESP32-C3's.
 */
import type { Target } from './target.js';

const isa = ['-march=rv32imc', '-mabi=ilp32'];

export const rv32imc: Target = {
  name: 'rv32imc',
  title: 'RISC-V rv32imc (QEMU virt)',
  core: 'rv32imc',
  /** `-icount shift=0`: an instruction takes 1 ns of the machine's time. */
  clockHz: 1e9,
  capabilities: ['rv32im', 'mul32', 'portable'],
  alignment: 4,
  toolchain: {
    prefix: 'riscv64-unknown-elf-',
    /** Homebrew's, xPack's, Espressif's. */
    otherPrefixes: ['riscv64-elf-', 'riscv-none-elf-', 'riscv32-esp-elf-'],
    compileFlags: [
      '-std=c99',
      ...isa,
      '-mstrict-align',
      '-msmall-data-limit=0',
      '-ffreestanding',
      '-ffp-contract=off',
      '-ffunction-sections',
      '-fdata-sections',
      '-Wall',
      '-Wextra',
      '-Wconversion',
      '-Werror',
      // What kernels set and read under one and the same condition this back end's inlining takes for unset.
      '-Wno-maybe-uninitialized',
    ],
    linkFlags: [...isa, '-nostdlib'],
    install: {
      linux: 'sudo apt-get install gcc-riscv64-unknown-elf',
      darwin: 'brew install riscv64-elf-gcc',
      win32: 'xpm install --global @xpack-dev-tools/riscv-none-elf-gcc@latest',
    },
  },
  firmware: {
    templates: ['common', 'rv32imc'],
    linkerScript: 'rv32imc.ld',
    optimization: { runtime: '-Os', model: '-O2' },
    flash: { origin: 0x80000000, bytes: 4 * 1024 * 1024 },
    ram: { origin: 0x80400000, bytes: 400 * 1024 },
    stackBytes: 4096,
    counts: 'instructions',
    virtual: {
      kind: 'qemu',
      program: 'qemu-system-riscv32',
      args: ['-M', 'virt', '-m', '64M', '-bios', 'none', '-icount', 'shift=0'],
      install: {
        linux: 'sudo apt-get install qemu-system-misc',
        darwin: 'brew install qemu',
        win32: 'winget install SoftwareFreedomConservancy.QEMU',
      },
    },
  },
};
