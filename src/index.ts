/** The library: every stage as a function, for any program. The `crimp` command is a thin skin over this. */

export { findTarget, targets } from '../targets/index.js';
export type { Target } from '../targets/target.js';
export { type BuildModelOptions, buildModel } from './build_model.js';
export {
  type CheckedFile,
  type CheckFileOptions,
  checkFile,
  type OutputAgreement,
  type Verdict,
} from './check_file.js';
export { type CheckedRecord, type CheckRecordOptions, checkRecord } from './check_record.js';
export { type Compiled, type CompileOptions, checkFit, compile } from './compile.js';
export { distill } from './compress/distill/distill.js';
export { distillQuantized } from './compress/distill/distill_quantized.js';
export type { LayerPair } from './compress/distill/layers.js';
export { type DistillOptions, type Lesson, lessonOf } from './compress/distill/lesson.js';
export { shrink } from './compress/distill/shrink.js';
export { applyMasks, type LayerSparsity, sparsityOf, zeroMasks } from './compress/prune/apply_masks.js';
export { type ChannelGroups, channelGroups } from './compress/prune/channel_groups.js';
export type { Importance } from './compress/prune/importance.js';
export { groupLasso, lasso } from './compress/prune/lasso.js';
export { type MaskOptions, type Masks, magnitudeMasks, type Pattern } from './compress/prune/masks.js';
export { type GraduallyPruned, pruneGradually } from './compress/prune/prune_gradually.js';
export { type PrunedInRounds, pruneInRounds, type RoundsOptions } from './compress/prune/prune_in_rounds.js';
export { removeChannels } from './compress/prune/remove_channels.js';
export { cubicSchedule } from './compress/prune/schedule.js';
export {
  type Goal,
  pruneStructured,
  type StructuredOptions,
  type StructuredReport,
} from './compress/prune/structured.js';
export { type SparsePenalty, trainSparse } from './compress/prune/train_sparse.js';
export { prepare as prepareToQuantize } from './compress/quantize/prepare.js';
export { type QuantizeAwareOptions, type QuantizedAware, quantizeAware } from './compress/quantize/qat.js';
export { type QuantizeOptions, quantize } from './compress/quantize/quantize.js';
export { type CompressedFile, type CompressFileOptions, compressFile } from './compress_file.js';
export { type ConvertedFile, type ConvertedTensor, convertFile } from './convert_file.js';
export {
  type Dataset,
  loadDataset,
  loadSamples,
  type NormalizeRule,
  parseNormalizeRule,
  prepareDataset,
  type ReadOptions,
  readDataset,
  readSamples,
  type Samples,
  writeOutputs,
} from './data/index.js';
export {
  CrimpError,
  type Diagnostic,
  Exit,
  type ExitCode,
  formatDiagnostic,
  type Severity,
  type Where,
} from './diagnostics.js';
export { type DistilledFile, type DistillFileOptions, distillFile } from './distill_file.js';
export { exportModel, type ModelFormat, modelFormatOf } from './exporters/index.js';
export { exportOnnx, type OnnxModel, type OnnxState, onnxModelOf } from './exporters/onnx/export.js';
export { exportTflite } from './exporters/tflite/export.js';
export { boardSizes, buildFirmware, type FirmwareBuild } from './firmware/build.js';
export type { FirmwareSizes } from './firmware/sizes.js';
export { type FlashedFolder, flashFolder } from './flash_folder.js';
export { type PlannedFootprint, plannedFootprint } from './footprint.js';
export { type Generated, generateFiles } from './generate.js';
export { checkGraph } from './graph/check.js';
export { dumpGraph } from './graph/dump.js';
export type {
  AnyOp,
  DType,
  Graph,
  Normalization,
  Op,
  OpType,
  Quantization,
  Shape,
  Tensor,
  TensorData,
} from './graph/graph.js';
export { hashGraph } from './graph/hash.js';
export { type ImportOptions, importModel, inspectModel } from './importers/index.js';
export { importLayersModel } from './importers/tfjs/from_layers_model.js';
export { Device, openDevice } from './link/device.js';
export { type DeviceInfo, listDevices } from './link/list_devices.js';
export { type Bench, bench, benchOfRun } from './measure/bench.js';
export { measuredFootprint } from './measure/footprint.js';
export { openRunner } from './measure/open_runner.js';
export { type Run, runSamples } from './measure/run.js';
export type { Inference, Runner } from './measure/runner.js';
export { type Simulation, simulateSamples } from './measure/simulate.js';
export { openSubject, type Subject } from './measure/subject.js';
export { loadSamplesOf, type SampleOptions, takeSamples } from './measure/take_samples.js';
export { type Validation, validate } from './measure/validate.js';
export { type ModelFile, readModelFile } from './model_file.js';
export { equalizeChannels } from './passes/equalize_channels.js';
export { type Optimized, optimize, optimizeWithLog, type PassStep } from './passes/index.js';
export { type Prediction, predictCycles } from './predict.js';
export { type PrunedFile, type PruneFileOptions, pruneFile } from './prune_file.js';
export { type QuantizedFile, quantizeFile } from './quantize_file.js';
export { defineRecipe } from './recipe/define.js';
export type { Figures } from './recipe/figures.js';
export type { FileRecord, ModelRecord, RunRecord, StepRecord } from './recipe/record.js';
export { type RecipeInputs, type RecipeRun, type RunOptions, runRecipe } from './recipe/run.js';
export type { Plan, Recipe, Step } from './recipe/schema.js';
export type { RecipeData } from './recipe/steps/step.js';
export { type Analysis, analyze } from './report/analyze.js';
export { formatBench } from './report/bench.js';
export { formatBuild, formatSizes } from './report/build.js';
export { formatCheck } from './report/check.js';
export { type Progress, progressOn } from './report/progress.js';
export { supportedOps } from './report/supported_ops.js';
export { count, percent } from './report/table.js';
export { type CauseName, causes } from './runtimes/causes/cause.js';
export type { Agreement, Difference } from './runtimes/compare.js';
export type { LayerAgreement } from './runtimes/layers.js';
export { openRuntime } from './runtimes/open.js';
export type { Runtime, RuntimeModel, RuntimeTensor } from './runtimes/runtime.js';
export { createSimulator, type Simulator } from './simulator/simulator.js';
export type { Transform } from './train/forward.js';
export { initialize } from './train/initialize.js';
export type { CustomLoss, Loss, LossInput, Penalty } from './train/loss.js';
export type {
  EarlyStopping,
  EpochMetrics,
  MaskSchedule,
  TrainMasks,
  TrainOptions,
  TrainProgress,
  TransformOf,
} from './train/options.js';
export { type PredictOptions, predict } from './train/predict.js';
export type { Schedule } from './train/schedule.js';
export { type Trained, train } from './train/train.js';
export { type Variable, variablesOf } from './train/variables.js';
export { type TrainedFile, type TrainFileOptions, trainFile } from './train_file.js';
export { virtualBoard } from './virtual/index.js';
