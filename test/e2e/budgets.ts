/**
 * What crimp promises for known models on the Pico: a few percent above what it reaches, so that losing ground shows.
 * Sizes in bytes, cycles of the emulated core.
 */
export interface Budget {
  /** Folder of the golden vectors. */
  readonly golden: string;
  readonly macs: number;
  /** Median cycles of an inference. */
  readonly cycles: number;
  readonly arena: number;
  /** Layers and kernels of the model, without weights. */
  readonly code: number;
  /** All code: the model's and the firmware's. */
  readonly firmware: number;
}

export const budgets: readonly Budget[] = [
  {
    golden: 'mlperftiny__kws_ref_model',
    macs: 2_656_768,
    cycles: 11.9e6,
    arena: 9_024,
    code: 8_500,
    firmware: 18_700,
  },
  {
    golden: 'mlperftiny__pretrainedResnet_quant',
    macs: 12_501_632,
    cycles: 42.3e6,
    arena: 34_448,
    code: 6_200,
    firmware: 16_300,
  },
  {
    golden: 'mlperftiny__ad01_int8',
    macs: 264_192,
    cycles: 1.02e6,
    arena: 736,
    code: 2_820,
    firmware: 12_900,
  },
  {
    golden: 'tflm__micro_speech_quantized',
    macs: 336_000,
    cycles: 1.93e6,
    arena: 5_420,
    code: 2_750,
    firmware: 12_800,
  },
  {
    golden: 'tflm__hello_world_int8',
    // One value in, one out: a table.
    macs: 0,
    cycles: 60,
    arena: 4,
    code: 40,
    firmware: 10_000,
  },
];

/** The digits of examples/, quantized here. */
export const digitsBudget = { cycles: 2.65e6, arena: 6_700, weights: 15_300 } as const;

/** The same with int16 activations, and with int4 weights: portable kernels both. */
export const precisionBudgets = {
  int16: { cycles: 13e6, arena: 12_700, weights: 16_600 },
  int4: { cycles: 15.2e6, arena: 6_400, weights: 7_700 },
  packed: { cycles: 3.6e6, arena: 6_700, weights: 2_600 },
} as const;

/** MLPerf Tiny KWS on the virtual rv32imc. */
export const rv32imcBudget = { instructions: 10.6e6, code: 7_200, firmware: 15_200 } as const;
