/**
 * Raspberry Pi Pico 2: RP2350, one of its Cortex-M33 cores used, 4 MB of flash on the board. QEMU has no RP2350; Arm's Musca-B1 has
 * the same core, and memory at the same addresses, so it runs the very image (firmware-templates/pico2/musca.h).
 */
import type { Target } from './target.js';

/** With the DSP extension, and floats in software: integer models need none. */
const core = ['-mcpu=cortex-m33+nofp', '-mthumb', '-mfloat-abi=soft'];

export const pico2: Target = {
  name: 'pico2',
  title: 'Raspberry Pi Pico 2',
  core: 'cortex-m33',
  clockHz: 150e6,
  capabilities: ['dsp', 'mul32', 'portable'],
  alignment: 4,
  toolchain: {
    prefix: 'arm-none-eabi-',
    compileFlags: [
      '-std=c99',
      ...core,
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
    linkFlags: [...core, '-nostdlib'],
    install: {
      linux: 'sudo apt-get install gcc-arm-none-eabi',
      darwin: 'brew install --cask gcc-arm-embedded',
      win32: 'winget install Arm.GnuArmEmbeddedToolchain',
    },
  },
  firmware: {
    templates: ['common', 'rp2', 'pico2'],
    linkerScript: 'pico2.ld',
    optimization: { runtime: '-Os', model: '-O2' },
    /** Executable, Arm, secure, RP2350 (RP2350 datasheet 5.9.3.1). */
    imageDef: { imageType: 0x1021 },
    /** RP2350 datasheet 2.2; flash as on the Pico 2. */
    flash: { origin: 0x10000000, bytes: 4 * 1024 * 1024 },
    /** The eight striped banks (2.2.3); the two of 4 KB behind them are left to whoever wants them. */
    ram: { origin: 0x20000000, bytes: 512 * 1024 },
    stackBytes: 4096,
    /** RP2350 datasheet 5.5; families as in 5.5.3. RP2350-E10: first an absolute block, at the end of the address space of flash. */
    flasher: {
      kind: 'uf2-volume',
      familyId: 0xe48bff59,
      leadBlock: { familyId: 0xe48bff57, address: 0x10ffff00 },
      volumes: ['RP2350'],
    },
    usb: { vendorId: 0x2e8a, productId: 0x0009 },
    counts: 'instructions',
    virtual: {
      kind: 'qemu',
      program: 'qemu-system-arm',
      args: ['-M', 'musca-b1', '-global', 'sse-200.CPU0_DSP=on', '-icount', 'shift=6'],
      install: {
        linux: 'sudo apt-get install qemu-system-arm',
        darwin: 'brew install qemu',
        win32: 'winget install SoftwareFreedomConservancy.QEMU',
      },
    },
  },
};
