/**
 * What TensorFlow Lite Micro takes for the same models: tensorflow/tflite-micro 90b983c2, int8 kernels alone, one Invoke() on the same
 * emulated core, measured in November 2026; outputs equal crimp's. On the Pico with CMSIS-NN, arm-none-eabi-g++ 12.2 -O3, rp2040js 1.4,
 * code, constants and model in flash without wait states. On the Pico 2's core with CMSIS-NN's DSP kernels, the same compiler, instructions on
 * QEMU's mps2-an505 (-icount). On rv32imc with esp-nn's C kernels, riscv64-unknown-elf-g++ 12.2 -O2, QEMU's
 * minstret. Sizes were measured on the Pico alone.
 */
export interface Peer {
  /** Or what else the board counts. */
  readonly cycles: number;
  /** With the RP2040's flash cache modelled: 16 KiB, 2 ways, lines of 8 bytes, 60 cycles a miss. */
  readonly xipCycles?: number;
  /** arena_used_bytes(). */
  readonly arenaBytes?: number;
  /** Runtime, kernels and their constants. */
  readonly codeBytes?: number;
}

/** By target, by model. */
export const peers: Readonly<Record<string, Readonly<Record<string, Peer>>>> = {
  pico: {
    KWS: { cycles: 35_074_665, xipCycles: 35_382_045, arenaBytes: 22_820, codeBytes: 65_304 },
    IC: { cycles: 131_500_713, xipCycles: 143_359_233, arenaBytes: 54_980, codeBytes: 65_164 },
    AD: { cycles: 2_311_774, xipCycles: 4_453_594, arenaBytes: 2_580, codeBytes: 38_252 },
    VWW: { cycles: 104_575_454, xipCycles: 106_506_254, arenaBytes: 100_708, codeBytes: 65_304 },
    person_detect: { cycles: 100_083_748, xipCycles: 102_016_948, arenaBytes: 82_308, codeBytes: 58_728 },
    micro_speech: { cycles: 3_224_781, xipCycles: 3_407_541, arenaBytes: 6_836, codeBytes: 62_624 },
    hello_world: { cycles: 9_306, xipCycles: 28_446, arenaBytes: 772, codeBytes: 38_252 },
  },
  pico2: {
    KWS: { cycles: 7_803_078 },
    IC: { cycles: 29_931_221 },
    AD: { cycles: 582_548 },
    VWW: { cycles: 24_542_056 },
    person_detect: { cycles: 23_344_306 },
    micro_speech: { cycles: 1_481_919 },
    hello_world: { cycles: 3_516 },
  },
  rv32imc: {
    KWS: { cycles: 25_827_697 },
    IC: { cycles: 96_413_082 },
    AD: { cycles: 2_453_872 },
    VWW: { cycles: 65_261_218 },
    person_detect: { cycles: 58_656_012 },
    micro_speech: { cycles: 1_799_904 },
    hello_world: { cycles: 5_548 },
  },
};
