/** Tests that need the Arm compiler skip with this reason where it is absent; CI installs it. */
import { pico } from '../../targets/pico.js';
import { withoutTools } from '../support/tools.js';

export const withoutArm = await withoutTools(pico);
