/** The computer crimp runs on: the same C, compiled by the system compiler as an ordinary program. */
import type { Target } from './target.js';

export const host: Target = {
  name: 'host',
  title: 'This computer',
  core: 'host',
  clockHz: 1e9,
  capabilities: ['portable'],
  alignment: 16,
  toolchain: {
    prefix: '',
    compileFlags: ['-std=c99', '-O2', '-ffp-contract=off', '-Wall', '-Wextra', '-Wconversion', '-Werror'],
    linkFlags: [],
    install: {
      linux: 'sudo apt-get install gcc libc6-dev',
      darwin: 'xcode-select --install',
      win32: 'winget install LLVM.LLVM',
    },
  },
};
