/** The result of planning: one static arena with an exact offset for every tensor and scratch area. */

export interface Placement {
  /** Bytes from the start of the arena. */
  readonly offset: number;
  readonly bytes: number;
  /** Indices of the first and last layer during which the bytes are in use; −1 is before the first layer. */
  readonly first: number;
  readonly last: number;
}

export interface Plan {
  readonly arenaBytes: number;
  /** By tensor index; constants, unused tensors and inputs given row by row have none. Aliases share their owner's placement. */
  readonly tensors: readonly (Placement | undefined)[];
  /** By op index; only for layers with scratch. */
  readonly scratch: readonly (Placement | undefined)[];
}

/** What the planner has to know of a layer; codegen's Layer has it all. */
export interface PlanLayer {
  readonly op: number;
  readonly alias?: number;
  /** Position of an input that takes no place in the arena. */
  readonly byRows?: number;
  readonly scratchBytes: number;
  /** exact: the output starts where the input does, or lies apart. */
  readonly overlaps: readonly { readonly input: number; readonly lead: number; readonly exact?: boolean }[];
}
