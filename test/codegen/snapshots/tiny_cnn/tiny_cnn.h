/*
 * tiny_cnn: the model "tiny_cnn" as plain C99, written by crimp for host. Do not edit.
 *
 * 624 MACs in 4 layers, 1,161 bytes of constants, 80 bytes of arena. Identity 512f72f3bcbb6079.
 *
 * Write tiny_cnn_input(), call tiny_cnn_invoke(), read tiny_cnn_output(). Inputs and outputs
 * share one arena with everything in between: an inference may overwrite its inputs.
 */
#ifndef TINY_CNN_H
#define TINY_CNN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TINY_CNN_HASH "512f72f3bcbb6079"
#define TINY_CNN_ARENA_BYTES 80
#define TINY_CNN_WEIGHTS_BYTES 1161
#define TINY_CNN_LAYERS 4
#define TINY_CNN_INPUT_BYTES 64
#define TINY_CNN_OUTPUT_BYTES 3

/* "input", [1, 8, 8, 1] int8 */
#define TINY_CNN_INPUT_SHAPE {1, 8, 8, 1}
#define TINY_CNN_INPUT_SCALE 0.029803922f
#define TINY_CNN_INPUT_ZERO_POINT (-7)

/* "softmax_5", [1, 3] int8 */
#define TINY_CNN_OUTPUT_SHAPE {1, 3}
#define TINY_CNN_OUTPUT_SCALE 0.00390625f
#define TINY_CNN_OUTPUT_ZERO_POINT (-128)

/* Holds every activation, at offsets fixed when this code was written. */
extern uint8_t tiny_cnn_arena[];

/* [1, 8, 8, 1] int8, real value = 0.029803922f * (q + 7) */
static inline int8_t *tiny_cnn_input(void)
{
    return (int8_t *)(tiny_cnn_arena + 16);
}

/* [1, 3] int8, real value = 0.00390625f * (q + 128) */
static inline const int8_t *tiny_cnn_output(void)
{
    return (const int8_t *)tiny_cnn_arena;
}

/* One inference. */
void tiny_cnn_invoke(void);

/* The same, layer by layer, to time or to look into: run them in order. */
extern void (*const tiny_cnn_layers[])(void);

#ifdef __cplusplus
}
#endif

#endif
