/* The model and its state: what was loaded, what was run. The input is kept apart from the arena, whose bytes the
 * layers reuse, so one load serves any number of inferences. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "crimp_model.h"

/* Empties the buffer, for `expected` bytes to come. What ran before is no result any more. */
void input_expect(uint32_t expected);

/* Bytes still missing; 0 also before the first input_expect. */
uint32_t input_missing(void);

/* Counts n more bytes that stand in input_bytes[input_filled()] onwards. */
void input_add(uint32_t n);

uint32_t input_filled(void);

/* True if a whole sample is there; else says e-[…]. */
bool input_ready(void);

/* State to what it starts from. What ran before is no result any more. */
void model_reset(void);

/* One inference on the input. Returns the core cycles of its layers, without the copying of the input. */
uint64_t model_run(void);

/* How many calls of model_run there were on this input, and what the last one returned. */
uint32_t model_runs(void);
uint64_t model_cycles(void);

/* One inference, `cycles[i]` core cycles for each layer's call. */
void model_run_layers(uint64_t *cycles);

/* Goes on with the inference that an earlier call began on this input, or begins one, until the layers 0 .. last have
 * run and no further; the outputs are no result then. Of a model with state, whatever runs next first finishes it. */
void model_run_until(uint32_t last);

/* True if the outputs in the arena are those of the loaded input; else says e-[…]. */
bool model_has_run(void);

#endif
