/* Layers of tiny_residual, written by crimp. The interface is in tiny_residual.h. */
#include "tiny_residual.h"

#if defined(__GNUC__) || defined(__clang__)
#define TINY_RESIDUAL_ALIGNED(bytes) __attribute__((aligned(bytes)))
/* Kept even where a compiler folds a value into the code: the size promised is the size linked. */
#define TINY_RESIDUAL_CONSTANT static const __attribute__((used))
#else
#define TINY_RESIDUAL_ALIGNED(bytes)
#define TINY_RESIDUAL_CONSTANT static const
#endif

#include "tiny_residual_kernels.h"
#include "tiny_residual_weights.h"

TINY_RESIDUAL_ALIGNED(16) uint8_t tiny_residual_arena[TINY_RESIDUAL_ARENA_BYTES];

/*
 * DEPTHWISE_CONV_2D "depthwise_1"
 * [1, 4, 4, 4] int8 -> [1, 4, 4, 4] int8, 576 MACs
 * portable/depthwise_conv_2d_s8
 */
static void tiny_residual_layer_00_depthwise_conv_2d(void)
{
    static const struct tiny_residual_convolution shape = {
        .batch = 1,
        .input_height = 4,
        .input_width = 4,
        .input_channels = 4,
        .output_height = 4,
        .output_width = 4,
        .output_channels = 4,
        .filter_height = 3,
        .filter_width = 3,
        .filter_channels = 1,
        .group_outputs = 1,
        .stride_height = 1,
        .stride_width = 1,
        .dilation_height = 1,
        .dilation_width = 1,
        .padding_top = 1,
        .padding_left = 1,
    };
    static const struct tiny_residual_quantization quantization = {
        .input_offset = 7,
        .output_offset = -128,
        .activation_min = -128,
        .activation_max = 127,
    };

    tiny_residual_depthwise_conv_2d_s8((const int8_t *)tiny_residual_arena,
                                       (int8_t *)(tiny_residual_arena + 80),
                                       tiny_residual_layer_00_weights, tiny_residual_layer_00_bias,
                                       tiny_residual_layer_00_multiplier,
                                       tiny_residual_layer_00_shift, &shape, &quantization);
}

/*
 * CONV_2D "conv_2"
 * [1, 4, 4, 4] int8 -> [1, 4, 4, 4] int8, 256 MACs
 * portable/conv_2d_s8
 */
static void tiny_residual_layer_01_conv_2d(void)
{
    static const struct tiny_residual_convolution shape = {
        .batch = 1,
        .input_height = 4,
        .input_width = 4,
        .input_channels = 4,
        .output_height = 4,
        .output_width = 4,
        .output_channels = 4,
        .filter_height = 1,
        .filter_width = 1,
        .filter_channels = 4,
        .group_outputs = 4,
        .stride_height = 1,
        .stride_width = 1,
        .dilation_height = 1,
        .dilation_width = 1,
        .padding_top = 0,
        .padding_left = 0,
    };
    static const struct tiny_residual_quantization quantization = {
        .input_offset = 128,
        .output_offset = -7,
        .activation_min = -128,
        .activation_max = 127,
    };

    tiny_residual_conv_2d_s8((const int8_t *)(tiny_residual_arena + 80),
                             (int8_t *)(tiny_residual_arena + 64), tiny_residual_layer_01_weights,
                             tiny_residual_layer_01_bias, tiny_residual_layer_01_multiplier,
                             tiny_residual_layer_01_shift, &shape, &quantization);
}

/*
 * ADD "add_3"
 * [1, 4, 4, 4] int8 + [1, 4, 4, 4] int8 -> [1, 4, 4, 4] int8
 * portable/add_s8
 */
static void tiny_residual_layer_02_add(void)
{
    static const struct tiny_residual_add add = {
        .a_offset = 7,
        .a_multiplier = 1431655795,
        .a_shift = -1,
        .b_offset = 7,
        .b_multiplier = 1073741824,
        .b_shift = 0,
        .output_offset = -7,
        .output_multiplier = 1786814413,
        .output_shift = -19,
        .activation_min = -128,
        .activation_max = 127,
    };

    tiny_residual_add_s8((const int8_t *)tiny_residual_arena, 1,
                         (const int8_t *)(tiny_residual_arena + 64), 1,
                         (int8_t *)tiny_residual_arena, 64, &add);
}

/*
 * MEAN "mean_4"
 * [1, 4, 4, 4] int8 -> [1, 4] int8
 * portable/mean_s8
 */
static void tiny_residual_layer_03_mean(void)
{
    static const struct tiny_residual_loops kept = {{1, 1, 1, 4}, {0, 0, 0, 1}};
    static const struct tiny_residual_loops reduced = {{1, 1, 1, 16}, {0, 0, 0, 4}};
    static const struct tiny_residual_mean mean = {
        .sum_offset = 112,
        .multiplier = 1073741824,
        .shift = -3,
        .output_zero_point = -7,
    };

    tiny_residual_mean_s8((const int8_t *)tiny_residual_arena, (int8_t *)tiny_residual_arena,
                          &kept, &reduced, &mean);
}

void tiny_residual_invoke(void)
{
    tiny_residual_layer_00_depthwise_conv_2d();
    tiny_residual_layer_01_conv_2d();
    tiny_residual_layer_02_add();
    tiny_residual_layer_03_mean();
}

void (*const tiny_residual_layers[])(void) = {
    tiny_residual_layer_00_depthwise_conv_2d,
    tiny_residual_layer_01_conv_2d,
    tiny_residual_layer_02_add,
    tiny_residual_layer_03_mean,
};
