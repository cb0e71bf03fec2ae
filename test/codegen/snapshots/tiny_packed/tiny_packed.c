/* Layers of tiny_packed, written by crimp. The interface is in tiny_packed.h. */
#include "tiny_packed.h"

#if defined(__GNUC__) || defined(__clang__)
#define TINY_PACKED_ALIGNED(bytes) __attribute__((aligned(bytes)))
/* Kept even where a compiler folds a value into the code: the size promised is the size linked. */
#define TINY_PACKED_CONSTANT static const __attribute__((used))
#else
#define TINY_PACKED_ALIGNED(bytes)
#define TINY_PACKED_CONSTANT static const
#endif

#include "tiny_packed_kernels.h"
#include "tiny_packed_weights.h"

TINY_PACKED_ALIGNED(16) uint8_t tiny_packed_arena[TINY_PACKED_ARENA_BYTES];

/*
 * CONV_2D "conv_1"
 * [1, 6, 6, 2] int8 -> [1, 3, 3, 8] int8, 1,296 MACs
 * portable/conv_2d_s8_packed
 */
static void tiny_packed_layer_00_conv_2d(void)
{
    static const struct tiny_packed_convolution shape = {
        .batch = 1,
        .input_height = 6,
        .input_width = 6,
        .input_channels = 2,
        .output_height = 3,
        .output_width = 3,
        .output_channels = 8,
        .filter_height = 3,
        .filter_width = 3,
        .filter_channels = 2,
        .group_outputs = 8,
        .stride_height = 2,
        .stride_width = 2,
        .dilation_height = 1,
        .dilation_width = 1,
        .padding_top = 0,
        .padding_left = 0,
    };
    static const struct tiny_packed_packing packing = {
        .gap_bits = 2,
        .index_bits = 2,
        .skip = 3,
    };
    static const struct tiny_packed_quantization quantization = {
        .input_offset = 7,
        .output_offset = -128,
        .activation_min = -128,
        .activation_max = 127,
    };

    tiny_packed_conv_2d_s8_packed((const int8_t *)(tiny_packed_arena + 32),
                                  (int8_t *)tiny_packed_arena, tiny_packed_layer_00_weights,
                                  tiny_packed_layer_00_codebook, tiny_packed_layer_00_bias,
                                  tiny_packed_layer_00_multiplier, tiny_packed_layer_00_shift,
                                  (int8_t *)(tiny_packed_arena + 112), &shape, &packing,
                                  &quantization);
}

/*
 * FULLY_CONNECTED "dense_3"
 * [1, 72] int8 -> [1, 8] int8, 576 MACs
 * portable/fully_connected_s8_packed: zeros are skipped
 */
static void tiny_packed_layer_02_fully_connected(void)
{
    static const struct tiny_packed_fully_connected shape = {
        .batch = 1,
        .inputs = 72,
        .outputs = 8,
        .scale_step = 0,
    };
    static const struct tiny_packed_packing packing = {
        .gap_bits = 2,
        .index_bits = 2,
        .skip = 3,
    };
    static const struct tiny_packed_quantization quantization = {
        .input_offset = 128,
        .output_offset = -128,
        .activation_min = -128,
        .activation_max = 127,
    };

    tiny_packed_fully_connected_s8_packed((const int8_t *)tiny_packed_arena,
                                          (int8_t *)(tiny_packed_arena + 80),
                                          tiny_packed_layer_02_weights,
                                          tiny_packed_layer_00_codebook, tiny_packed_layer_02_bias,
                                          tiny_packed_layer_02_multiplier,
                                          tiny_packed_layer_02_shift, &shape, &packing,
                                          &quantization);
}

/*
 * FULLY_CONNECTED "dense_4"
 * [1, 8] int8 -> [1, 2] int8, 16 MACs
 * portable/fully_connected_s8
 */
static void tiny_packed_layer_03_fully_connected(void)
{
    static const struct tiny_packed_fully_connected shape = {
        .batch = 1,
        .inputs = 8,
        .outputs = 2,
        .scale_step = 0,
    };
    static const struct tiny_packed_quantization quantization = {
        .input_offset = 128,
        .output_offset = -7,
        .activation_min = -128,
        .activation_max = 127,
    };

    tiny_packed_fully_connected_s8((const int8_t *)(tiny_packed_arena + 80),
                                   (int8_t *)tiny_packed_arena, tiny_packed_layer_03_weights,
                                   tiny_packed_layer_03_bias, tiny_packed_layer_03_multiplier,
                                   tiny_packed_layer_03_shift, &shape, &quantization);
}

void tiny_packed_invoke(void)
{
    tiny_packed_layer_00_conv_2d();
    tiny_packed_layer_02_fully_connected();
    tiny_packed_layer_03_fully_connected();
}

void (*const tiny_packed_layers[])(void) = {
    tiny_packed_layer_00_conv_2d,
    tiny_packed_layer_02_fully_connected,
    tiny_packed_layer_03_fully_connected,
};
