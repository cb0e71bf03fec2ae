/** One inference in TensorFlow Lite's own interpreter: proof that exported files are what other programs expect. */
import type { TensorData } from '../../src/graph/graph.js';
import { openTflite } from '../../src/runtimes/tfjs_tflite.js';

/** Throws when TensorFlow Lite refuses the model. */
export async function runTflite(bytes: Uint8Array, inputs: readonly TensorData[]): Promise<TensorData[]> {
  const runtime = await openTflite(bytes);
  try {
    return (await runtime.run(inputs)).map((output) => output!.data);
  } finally {
    await runtime.close();
  }
}
