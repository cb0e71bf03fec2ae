/** Tests that need a board's compiler or emulator skip with this reason where it is absent; CI installs them. */
import { CrimpError } from '../../src/diagnostics.js';
import { findToolchain } from '../../src/firmware/toolchain.js';
import { findQemu } from '../../src/virtual/qemu/program.js';
import type { Target } from '../../targets/target.js';

/** For node:test's `skip`: false, or why firmware cannot be built or run here. */
export async function withoutTools({ toolchain, firmware }: Target): Promise<string | false> {
  try {
    await findToolchain(toolchain);
    if (firmware?.virtual.kind === 'qemu') findQemu(firmware.virtual);
    return false;
  } catch (thrown) {
    if (thrown instanceof CrimpError) return thrown.message;
    throw thrown;
  }
}
