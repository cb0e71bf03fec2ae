/** `--pack-weights`, of every verb that compiles. */
import type { Command } from 'commander';

export interface PackOption {
  packWeights?: boolean;
}

export function packOption(command: Command): Command {
  return command.option(
    '--pack-weights',
    'each layer’s weights in their smallest form: for pruned and clustered models; some layers get faster, others slower',
  );
}
