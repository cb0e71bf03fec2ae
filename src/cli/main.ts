#!/usr/bin/env node
/** The `crimp` command: a thin skin over the library in src/index.ts. Verbs load what they need when they run. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { assetPath } from '../assets.js';
import { Exit } from '../diagnostics.js';
import { analyzeVerb } from './analyze.js';
import { benchVerb } from './bench.js';
import { buildVerb } from './build.js';
import { checkVerb } from './check.js';
import { compressVerb } from './compress.js';
import { convertVerb } from './convert.js';
import { devicesVerb } from './devices.js';
import { distillVerb } from './distill.js';
import { doctorVerb } from './doctor.js';
import { flashVerb } from './flash.js';
import { generateVerb } from './generate.js';
import { pruneVerb } from './prune.js';
import { quantizeVerb } from './quantize.js';
import { runVerb } from './run.js';
import { simulateVerb } from './simulate.js';
import { supportedOpsVerb } from './supported_ops.js';
import { trainVerb } from './train.js';
import { validateVerb } from './validate.js';
import { exitOnSignals } from './verb.js';
import { virtualVerb } from './virtual.js';

const { version, description } = JSON.parse(readFileSync(assetPath('package.json'), 'utf8')) as {
  version: string;
  description: string;
};

const program = new Command('crimp')
  .description(description)
  .version(version)
  .showHelpAfterError('(add --help for usage)')
  .usage('<verb> …')
  .helpCommand(false)
  .configureHelp({
    subcommandTerm: (verb) =>
      [
        verb.name(),
        ...verb.registeredArguments.map((a) => (a.required ? `<${a.name()}>` : `[${a.name()}]`)),
      ].join(' '),
  })
  .exitOverride((exit) => {
    // commander's own exits: 0 for help and version, else bad usage.
    process.exit(exit.exitCode === 0 ? Exit.ok : Exit.badInput);
  });

analyzeVerb(program);
supportedOpsVerb(program);
pruneVerb(program);
quantizeVerb(program);
trainVerb(program);
distillVerb(program);
compressVerb(program);
convertVerb(program);
simulateVerb(program);
checkVerb(program);
generateVerb(program);
buildVerb(program);
flashVerb(program);
runVerb(program);
validateVerb(program);
benchVerb(program);
virtualVerb(program);
devicesVerb(program);
doctorVerb(program);

program.addHelpText(
  'after',
  `
\`crimp <verb> --help\` shows a verb’s options and examples.
Exit codes: 0 fine, 1 the check failed, 2 bad usage or input, 3 the environment
(a toolchain, a port) is not ready.

From a model to a measured board:
  $ crimp quantize model.tflite --data calibration.npz -o model_int8.tflite
  $ crimp build model_int8.tflite --target pico -o build
  $ crimp flash build --port /dev/ttyACM0
  $ crimp validate build --port /dev/ttyACM0 --input test.npz`,
);

exitOnSignals();
// A reader that has seen enough (`crimp analyze m | head`) is no error.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => process.exit(cause.code === 'EPIPE' ? 0 : 3));

await program.parseAsync();
