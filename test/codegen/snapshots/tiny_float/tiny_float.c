/* Layers of tiny_float, written by crimp. The interface is in tiny_float.h. */
#include "tiny_float.h"

#if defined(__GNUC__) || defined(__clang__)
#define TINY_FLOAT_ALIGNED(bytes) __attribute__((aligned(bytes)))
/* Kept even where a compiler folds a value into the code: the size promised is the size linked. */
#define TINY_FLOAT_CONSTANT static const __attribute__((used))
#else
#define TINY_FLOAT_ALIGNED(bytes)
#define TINY_FLOAT_CONSTANT static const
#endif

#include "tiny_float_kernels.h"
#include "tiny_float_weights.h"

TINY_FLOAT_ALIGNED(16) uint8_t tiny_float_arena[TINY_FLOAT_ARENA_BYTES];

/*
 * FULLY_CONNECTED "dense_1"
 * [1, 3] float32 -> [1, 4] float32, 12 MACs
 * portable/fully_connected_f32
 */
static void tiny_float_layer_00_fully_connected(void)
{
    static const struct tiny_float_fully_connected shape = {
        .batch = 1,
        .inputs = 3,
        .outputs = 4,
        .scale_step = 0,
    };

    tiny_float_fully_connected_f32((const float *)tiny_float_arena,
                                   (float *)(tiny_float_arena + 16), tiny_float_layer_00_weights,
                                   tiny_float_layer_00_bias, &shape, 0.0f, 3.4028235e+38f);
}

/*
 * FULLY_CONNECTED "dense_2"
 * [1, 4] float32 -> [1, 2] float32, 8 MACs
 * portable/fully_connected_f32
 */
static void tiny_float_layer_01_fully_connected(void)
{
    static const struct tiny_float_fully_connected shape = {
        .batch = 1,
        .inputs = 4,
        .outputs = 2,
        .scale_step = 0,
    };

    tiny_float_fully_connected_f32((const float *)(tiny_float_arena + 16),
                                   (float *)tiny_float_arena, tiny_float_layer_01_weights,
                                   tiny_float_layer_01_bias, &shape, -3.4028235e+38f,
                                   3.4028235e+38f);
}

void tiny_float_invoke(void)
{
    tiny_float_layer_00_fully_connected();
    tiny_float_layer_01_fully_connected();
}

void (*const tiny_float_layers[])(void) = {
    tiny_float_layer_00_fully_connected,
    tiny_float_layer_01_fully_connected,
};
