/** What crimp promises for known models on the Pico. Sizes in bytes, cycles of the emulated core. */
export interface Budget {
  /** Folder of the golden vectors. */
  readonly golden: string;
  readonly macs: number;
  /** Median cycles of an inference. */
  readonly cycles: number;
  readonly arena: number;
  /** Layers and kernels of the model, without weights. */
  readonly code: number;
}

export const budgets: readonly Budget[] = [
  { golden: 'mlperftiny__kws_ref_model', macs: 2_656_768, cycles: 25e6, arena: 16_100, code: 16_000 },
  {
    golden: 'mlperftiny__pretrainedResnet_quant',
    macs: 12_501_632,
    cycles: 100e6,
    arena: 49_300,
    code: 16_000,
  },
  { golden: 'mlperftiny__ad01_int8', macs: 264_192, cycles: 2.3e6, arena: 800, code: 16_000 },
  { golden: 'tflm__micro_speech_quantized', macs: 336_000, cycles: 3.2e6, arena: 6_788, code: 16_000 },
  { golden: 'tflm__hello_world_int8', macs: 288, cycles: 9_300, arena: 676, code: 16_000 },
];
