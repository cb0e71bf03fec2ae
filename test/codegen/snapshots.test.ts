/**
 * The emitted C of a few small models, as text that is committed and reviewed. After a change that is meant:
 * CRIMP_UPDATE_SNAPSHOTS=1 node --import tsx --test test/codegen/snapshots.test.ts
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { packageRoot } from '../../src/assets.js';
import { compile } from '../../src/compile.js';
import { host } from '../../targets/host.js';
import { packedModels, snapshotModels } from './models.js';

const folder = path.join(packageRoot, 'test/codegen/snapshots');
const update = process.env.CRIMP_UPDATE_SNAPSHOTS === '1';

for (const [name, model] of Object.entries({ ...snapshotModels, ...packedModels })) {
  test(`the C of ${name} is as committed`, () => {
    const { files } = compile(model(), host, { name, packWeights: name in packedModels }).sources;
    const at = path.join(folder, name);
    if (update) {
      rmSync(at, { recursive: true, force: true });
      mkdirSync(at, { recursive: true });
      for (const [file, text] of files) writeFileSync(path.join(at, file), text);
    }
    assert.deepEqual(readdirSync(at).sort(), [...files.keys()].sort());
    for (const [file, text] of files) assert.equal(text, readFileSync(path.join(at, file), 'utf8'), file);
  });
}
