/** PyTorch-style ONNX models, all the way: int8 as accurate as float, and every tensor of the virtual Pico the simulator's. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { onnxFile, torchModels } from '../../scripts/onnx_models/models.js';
import { prove } from '../../scripts/onnx_models/prove.js';
import { replaceFile, withTemporaryFolder } from '../../src/files.js';
import { findTarget } from '../../targets/index.js';

/** What the float models reach at least, so that a point of accuracy means something. */
const learned: Readonly<Record<string, number>> = {
  cnn: 0.92,
  separable: 0.9,
  keywords: 0.9,
  mlp: 0.9,
  lstm: 0.85,
};

for (const { network, data } of torchModels) {
  test(`${network.name} from PyTorch runs on the virtual Pico as in the simulator, and as well as in float`, async (t) => {
    await withTemporaryFolder(async (folder) => {
      const file = path.join(folder, `${network.name}.onnx`);
      replaceFile(file, onnxFile(network));
      const proof = await prove(file, data(), findTarget('pico'));
      const { accuracy, sqnr, validation, cycles, macs, int8 } = proof;
      t.diagnostic(
        `${accuracy.float} → ${accuracy.int8}, ${sqnr.toFixed(1)} dB, ${macs} MACs, ${cycles} cycles`,
      );
      assert.equal(validation.firstMismatch, null);
      assert.ok(accuracy.float >= learned[network.name]!, `${accuracy.float}`);
      assert.ok(accuracy.float - accuracy.int8 <= 0.01, `float ${accuracy.float}, int8 ${accuracy.int8}`);
      assert.ok(sqnr > 30, `${sqnr} dB`);
      assert.equal(proof.inFloat, 0);
      assert.ok(!int8.ops.some((op) => op.type === 'TRANSPOSE'));
    });
  });
}
