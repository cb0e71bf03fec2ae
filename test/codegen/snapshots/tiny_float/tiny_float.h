/*
 * tiny_float: the model "tiny_float" as plain C99, written by crimp for host. Do not edit.
 *
 * 20 MACs in 2 layers, 104 bytes of constants, 32 bytes of arena. Identity 3f6762a019dc9038.
 *
 * Write tiny_float_input(), call tiny_float_invoke(), read tiny_float_output_0() and
 * tiny_float_output_1(). Inputs and outputs share one arena with everything in between: an
 * inference may overwrite its inputs.
 */
#ifndef TINY_FLOAT_H
#define TINY_FLOAT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TINY_FLOAT_HASH "3f6762a019dc9038"
#define TINY_FLOAT_ARENA_BYTES 32
#define TINY_FLOAT_WEIGHTS_BYTES 104
#define TINY_FLOAT_LAYERS 2
#define TINY_FLOAT_INPUT_BYTES 12
#define TINY_FLOAT_OUTPUT_BYTES 24

/* "input", [1, 3] float32 */
#define TINY_FLOAT_INPUT_SHAPE {1, 3}

/* "dense_1", [1, 4] float32 */
#define TINY_FLOAT_OUTPUT_0_BYTES 16
#define TINY_FLOAT_OUTPUT_0_SHAPE {1, 4}

/* "dense_2", [1, 2] float32 */
#define TINY_FLOAT_OUTPUT_1_BYTES 8
#define TINY_FLOAT_OUTPUT_1_SHAPE {1, 2}

/* Holds every activation, at offsets fixed when this code was written. */
extern uint8_t tiny_float_arena[];

/* [1, 3] float32 */
static inline float *tiny_float_input(void)
{
    return (float *)tiny_float_arena;
}

/* [1, 4] float32 */
static inline const float *tiny_float_output_0(void)
{
    return (const float *)(tiny_float_arena + 16);
}

/* [1, 2] float32 */
static inline const float *tiny_float_output_1(void)
{
    return (const float *)tiny_float_arena;
}

/* One inference. */
void tiny_float_invoke(void);

/* The same, layer by layer, to time or to look into: run them in order. */
extern void (*const tiny_float_layers[])(void);

#ifdef __cplusplus
}
#endif

#endif
