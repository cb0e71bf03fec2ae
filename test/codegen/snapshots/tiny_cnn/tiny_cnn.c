/* Layers of tiny_cnn, written by crimp. The interface is in tiny_cnn.h. */
#include "tiny_cnn.h"

#if defined(__GNUC__) || defined(__clang__)
#define TINY_CNN_ALIGNED(bytes) __attribute__((aligned(bytes)))
/* Kept even where a compiler folds a value into the code: the size promised is the size linked. */
#define TINY_CNN_CONSTANT static const __attribute__((used))
#else
#define TINY_CNN_ALIGNED(bytes)
#define TINY_CNN_CONSTANT static const
#endif

#include "tiny_cnn_kernels.h"
#include "tiny_cnn_weights.h"

TINY_CNN_ALIGNED(16) uint8_t tiny_cnn_arena[TINY_CNN_ARENA_BYTES];

/*
 * CONV_2D "conv_1"
 * [1, 8, 8, 1] int8 -> [1, 4, 4, 4] int8, 576 MACs
 * portable/conv_2d_s8
 */
static void tiny_cnn_layer_00_conv_2d(void)
{
    static const struct tiny_cnn_convolution shape = {
        .batch = 1,
        .input_height = 8,
        .input_width = 8,
        .input_channels = 1,
        .output_height = 4,
        .output_width = 4,
        .output_channels = 4,
        .filter_height = 3,
        .filter_width = 3,
        .filter_channels = 1,
        .group_outputs = 4,
        .stride_height = 2,
        .stride_width = 2,
        .dilation_height = 1,
        .dilation_width = 1,
        .padding_top = 0,
        .padding_left = 0,
    };
    static const struct tiny_cnn_quantization quantization = {
        .input_offset = 7,
        .output_offset = -128,
        .activation_min = -128,
        .activation_max = 127,
    };

    tiny_cnn_conv_2d_s8((const int8_t *)(tiny_cnn_arena + 16), (int8_t *)tiny_cnn_arena,
                        tiny_cnn_layer_00_weights, tiny_cnn_layer_00_bias,
                        tiny_cnn_layer_00_multiplier, tiny_cnn_layer_00_shift, &shape,
                        &quantization);
}

/*
 * MAX_POOL_2D "pool_2"
 * [1, 4, 4, 4] int8 -> [1, 2, 2, 4] int8
 * portable/max_pool_s8
 */
static void tiny_cnn_layer_01_max_pool_2d(void)
{
    static const struct tiny_cnn_pool pool = {
        .batch = 1,
        .input_height = 4,
        .input_width = 4,
        .channels = 4,
        .output_height = 2,
        .output_width = 2,
        .filter_height = 2,
        .filter_width = 2,
        .stride_height = 2,
        .stride_width = 2,
        .padding_top = 0,
        .padding_left = 0,
    };

    tiny_cnn_max_pool_s8((const int8_t *)tiny_cnn_arena, (int8_t *)tiny_cnn_arena, &pool, -128,
                         127);
}

/*
 * FULLY_CONNECTED "dense_4"
 * [1, 16] int8 -> [1, 3] int8, 48 MACs
 * portable/fully_connected_s8
 */
static void tiny_cnn_layer_03_fully_connected(void)
{
    static const struct tiny_cnn_fully_connected shape = {
        .batch = 1,
        .inputs = 16,
        .outputs = 3,
        .scale_step = 0,
    };
    static const struct tiny_cnn_quantization quantization = {
        .input_offset = 128,
        .output_offset = -7,
        .activation_min = -128,
        .activation_max = 127,
    };

    tiny_cnn_fully_connected_s8((const int8_t *)tiny_cnn_arena, (int8_t *)(tiny_cnn_arena + 16),
                                tiny_cnn_layer_03_weights, tiny_cnn_layer_03_bias,
                                tiny_cnn_layer_03_multiplier, tiny_cnn_layer_03_shift, &shape,
                                &quantization);
}

/*
 * SOFTMAX "softmax_5"
 * [1, 3] int8 -> [1, 3] int8
 * portable/softmax_s8
 */
static void tiny_cnn_layer_04_softmax(void)
{
    tiny_cnn_softmax_s8((const int8_t *)(tiny_cnn_arena + 16), (int8_t *)tiny_cnn_arena, 1, 3,
                        tiny_cnn_layer_04_exp, 256);
}

void tiny_cnn_invoke(void)
{
    tiny_cnn_layer_00_conv_2d();
    tiny_cnn_layer_01_max_pool_2d();
    tiny_cnn_layer_03_fully_connected();
    tiny_cnn_layer_04_softmax();
}

void (*const tiny_cnn_layers[])(void) = {
    tiny_cnn_layer_00_conv_2d,
    tiny_cnn_layer_01_max_pool_2d,
    tiny_cnn_layer_03_fully_connected,
    tiny_cnn_layer_04_softmax,
};
