/** Raspberry Pi Pico: RP2040, one Cortex-M0+ core used, 2 MB of flash on the board. */
import type { Target } from './target.js';

export const pico: Target = {
  name: 'pico',
  title: 'Raspberry Pi Pico',
  core: 'cortex-m0plus',
  clockHz: 125e6,
  capabilities: ['mul32', 'portable'],
  alignment: 4,
  toolchain: {
    prefix: 'arm-none-eabi-',
    compileFlags: [
      '-std=c99',
      '-mcpu=cortex-m0plus',
      '-mthumb',
      '-ffreestanding',
      '-ffp-contract=off',
      '-ffunction-sections',
      '-fdata-sections',
      '-Wall',
      '-Wextra',
      '-Wconversion',
      '-Werror',
    ],
    linkFlags: ['-mcpu=cortex-m0plus', '-mthumb', '-nostdlib'],
    install: {
      linux: 'sudo apt-get install gcc-arm-none-eabi',
      darwin: 'brew install --cask gcc-arm-embedded',
      win32: 'winget install Arm.GnuArmEmbeddedToolchain',
    },
  },
  firmware: {
    templates: ['common', 'rp2', 'pico'],
    linkerScript: 'pico.ld',
    optimization: { runtime: '-Os', model: '-O2' },
    /** RP2040 datasheet 2.8.1.3.1: 252 bytes and their CRC-32. */
    secondStage: { section: '.boot2', bytes: 256 },
    /** RP2040 datasheet 2.2; flash as on the Pico. */
    flash: { origin: 0x10000000, bytes: 2 * 1024 * 1024 },
    ram: { origin: 0x20000000, bytes: 264 * 1024 },
    stackBytes: 4096,
    /** RP2040 datasheet 2.8.4; family from github.com/microsoft/uf2, utils/uf2families.json. */
    flasher: { kind: 'uf2-volume', familyId: 0xe48bff56, volumes: ['RPI-RP2'] },
    usb: { vendorId: 0x2e8a, productId: 0x000a },
    counts: 'cycles',
    virtual: { kind: 'rp2040' },
    /** RP2040 datasheet 2.6.3.1. A miss: 8 + 4 + 16 flash clocks at half the core's (boot2.S), and the bus. */
    xipCache: { bytes: 16 * 1024, ways: 2, lineBytes: 8, missCycles: 60 },
  },
};
