/*
 * tiny_residual: the model "tiny_residual" as plain C99, written by crimp for host. Do not edit.
 *
 * 832 MACs in 4 layers, 124 bytes of constants, 144 bytes of arena. Identity 799213784e2af795.
 *
 * Write tiny_residual_input(), call tiny_residual_invoke(), read tiny_residual_output(). Inputs
 * and outputs share one arena with everything in between: an inference may overwrite its inputs.
 */
#ifndef TINY_RESIDUAL_H
#define TINY_RESIDUAL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TINY_RESIDUAL_HASH "799213784e2af795"
#define TINY_RESIDUAL_ARENA_BYTES 144
#define TINY_RESIDUAL_WEIGHTS_BYTES 124
#define TINY_RESIDUAL_LAYERS 4
#define TINY_RESIDUAL_INPUT_BYTES 64
#define TINY_RESIDUAL_OUTPUT_BYTES 4

/* "input", [1, 4, 4, 4] int8 */
#define TINY_RESIDUAL_INPUT_SHAPE {1, 4, 4, 4}
#define TINY_RESIDUAL_INPUT_SCALE 0.029803922f
#define TINY_RESIDUAL_INPUT_ZERO_POINT (-7)

/* "mean_4", [1, 4] int8 */
#define TINY_RESIDUAL_OUTPUT_SHAPE {1, 4}
#define TINY_RESIDUAL_OUTPUT_SCALE 0.053729784f
#define TINY_RESIDUAL_OUTPUT_ZERO_POINT (-7)

/* Holds every activation, at offsets fixed when this code was written. */
extern uint8_t tiny_residual_arena[];

/* [1, 4, 4, 4] int8, real value = 0.029803922f * (q + 7) */
static inline int8_t *tiny_residual_input(void)
{
    return (int8_t *)tiny_residual_arena;
}

/* [1, 4] int8, real value = 0.053729784f * (q + 7) */
static inline const int8_t *tiny_residual_output(void)
{
    return (const int8_t *)tiny_residual_arena;
}

/* One inference. */
void tiny_residual_invoke(void);

/* The same, layer by layer, to time or to look into: run them in order. */
extern void (*const tiny_residual_layers[])(void);

#ifdef __cplusplus
}
#endif

#endif
