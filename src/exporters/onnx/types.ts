/** TensorProto.DataType of each element type. int4 are packed two to a byte, the first one low, as in .tflite. */
import type { DType } from '../../graph/graph.js';

export const onnxTypeOf: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  int4: 22,
};
