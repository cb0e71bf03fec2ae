/** What a board's bootrom asks of an image in flash before it starts it. */
import type { Firmware } from '../../targets/target.js';
import { imageDefProblems } from './image_def.js';
import { secondStageProblems } from './second_stage.js';

/** @param flash from its first byte on, as far as it is written. @returns why the bootrom would not start it; empty where it would. */
export function bootProblems(flash: Uint8Array, firmware: Firmware): string[] {
  return [
    ...(firmware.secondStage ? secondStageProblems(flash, firmware.secondStage.bytes) : []),
    ...(firmware.imageDef ? imageDefProblems(flash, firmware) : []),
  ];
}
