/** Tests that need the Arm compiler skip with this reason where it is absent; CI installs it. */
import { findToolchain } from '../../src/firmware/toolchain.js';
import { pico } from '../../targets/pico.js';

export const withoutArm: string | false = await findToolchain(pico.toolchain).then(
  () => false,
  () => `no arm-none-eabi-gcc here: ${pico.toolchain.install.linux}`,
);
