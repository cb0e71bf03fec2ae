/**
 * What crimp promises beside the benchmark's results.json: a few percent above what it reaches, so that losing ground shows.
 * Sizes in bytes, cycles of the emulated core.
 */
/** The digits of examples/, quantized here. */
export const digitsBudget = { cycles: 1.87e6, arena: 7_050, weights: 15_300 } as const;

/** The same with int16 activations, and with int4 weights: portable kernels both. */
export const precisionBudgets = {
  int16: { cycles: 13e6, arena: 12_700, weights: 16_600 },
  int4: { cycles: 15.2e6, arena: 6_400, weights: 7_700 },
  packed: { cycles: 3.6e6, arena: 6_700, weights: 2_700 },
} as const;

/** MLPerf Tiny KWS on the virtual rv32imc. */
export const rv32imcBudget = { instructions: 6.9e6, code: 10_300, firmware: 18_300 } as const;

/** VWW with `optimize: 'ram'` on the Pico. */
export const rowChainBudget = { cycles: 38.5e6, arena: 15_700 } as const;
