/** The benchmark's models on every virtual board: the results.json that the README's table shows still holds, within 2 %. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { growth } from '../../scripts/bench/growth.js';
import { measure } from '../../scripts/bench/measure.js';
import { benchModels } from '../../scripts/bench/models.js';
import { readResults } from '../../scripts/bench/results.js';
import { formatBench } from '../../scripts/bench/table.js';
import { tableInReadme } from '../../scripts/readme.js';
import { targets } from '../../targets/index.js';
import { withoutGoldens } from '../support/golden.js';
import { withoutTools } from '../support/tools.js';

const results = readResults();
const boards = targets.filter((target) => target.firmware);

for (const target of boards) {
  const missing = await withoutTools(target);
  for (const model of benchModels) {
    const skip = missing || (model.golden !== undefined && withoutGoldens);
    test(`${model.title} on ${target.title}: no figure has grown`, { skip }, async () => {
      const before = results.find((r) => r.model === model.name && r.target === target.name);
      assert.ok(before, 'run `npm run bench`');
      const now = await measure(model, target);
      assert.equal(now.macs, before.macs);
      assert.deepEqual(growth(before, now), []);
    });
  }
}

test('the table in the README is results.json', () => {
  assert.equal(tableInReadme('bench'), boards.map(({ name }) => formatBench(results, name)).join('\n\n'));
});
