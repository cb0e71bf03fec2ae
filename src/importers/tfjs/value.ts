/** What flows between layers: a float32 tensor of the graph. */
import type { Shape } from '../../graph/graph.js';

export interface Value {
  readonly tensor: number;
  readonly shape: Shape;
}

/** Of what lies behind an unsupported layer; nothing of it is known. */
export interface UnknownValue {
  readonly tensor: number;
  readonly shape?: undefined;
}

export type AnyValue = Value | UnknownValue;

/** Why a layer or node cannot be imported, as a diagnostic says it behind its type. */
export class Unsupported extends Error {}

/** Thrown where a layer needs what an earlier problem has taken away; that problem has been told. */
export class Unknown extends Error {}
