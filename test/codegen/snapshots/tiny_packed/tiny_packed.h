/*
 * tiny_packed: the model "tiny_packed" as plain C99, written by crimp for host. Do not edit.
 *
 * 1,888 MACs in 3 layers, 270 bytes of constants, 144 bytes of arena. Identity ad63a291dcdcccd8.
 *
 * Write tiny_packed_input(), call tiny_packed_invoke(), read tiny_packed_output(). Inputs and
 * outputs share one arena with everything in between: an inference may overwrite its inputs.
 */
#ifndef TINY_PACKED_H
#define TINY_PACKED_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TINY_PACKED_HASH "ad63a291dcdcccd8"
#define TINY_PACKED_ARENA_BYTES 144
#define TINY_PACKED_WEIGHTS_BYTES 270
#define TINY_PACKED_LAYERS 3
#define TINY_PACKED_INPUT_BYTES 72
#define TINY_PACKED_OUTPUT_BYTES 2

/* "input", [1, 6, 6, 2] int8 */
#define TINY_PACKED_INPUT_SHAPE {1, 6, 6, 2}
#define TINY_PACKED_INPUT_SCALE 0.029803922f
#define TINY_PACKED_INPUT_ZERO_POINT (-7)

/* "dense_4", [1, 2] int8 */
#define TINY_PACKED_OUTPUT_SHAPE {1, 2}
#define TINY_PACKED_OUTPUT_SCALE 0.044705883f
#define TINY_PACKED_OUTPUT_ZERO_POINT (-7)

/* Holds every activation, at offsets fixed when this code was written. */
extern uint8_t tiny_packed_arena[];

/* [1, 6, 6, 2] int8, real value = 0.029803922f * (q + 7) */
static inline int8_t *tiny_packed_input(void)
{
    return (int8_t *)(tiny_packed_arena + 32);
}

/* [1, 2] int8, real value = 0.044705883f * (q + 7) */
static inline const int8_t *tiny_packed_output(void)
{
    return (const int8_t *)tiny_packed_arena;
}

/* One inference. */
void tiny_packed_invoke(void);

/* The same, layer by layer, to time or to look into: run them in order. */
extern void (*const tiny_packed_layers[])(void);

#ifdef __cplusplus
}
#endif

#endif
