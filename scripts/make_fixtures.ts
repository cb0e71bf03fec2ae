/** Writes the small models of test/support/models.ts to test/fixtures: `npx tsx scripts/make_fixtures.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { exportTflite } from '../src/exporters/tflite/export.js';
import { fixtures } from '../test/support/models.js';

const folder = new URL('../test/fixtures/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, model] of Object.entries(fixtures)) {
  for (const dtype of ['int8', 'float32'] as const) {
    const bytes = exportTflite(model(dtype), { description: `crimp test fixture: ${name}, ${dtype}` });
    writeFileSync(new URL(`${name}_${dtype}.tflite`, folder), bytes);
    console.log(`${name}_${dtype}.tflite: ${bytes.length} bytes`);
  }
}
