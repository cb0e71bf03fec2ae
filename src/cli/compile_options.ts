/** `--pack-weights` and `--optimize`, of every verb that compiles. */
import { type Command, Option } from 'commander';
import type { Optimize } from '../../codegen/layer.js';

export interface CompileFlags {
  packWeights?: boolean;
  optimize?: Optimize;
}

export function compileOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--optimize <aim>',
        'of kernels and their scratch: the fastest (speed), those of fewest bytes of flash (size), or the smallest arena (ram); default: the fastest, in an arena that is little larger than it has to be',
      ).choices(['speed', 'size', 'ram']),
    )
    .option(
      '--pack-weights',
      'each layer’s weights in their smallest form: for pruned and clustered models; some layers get faster, others slower',
    );
}
