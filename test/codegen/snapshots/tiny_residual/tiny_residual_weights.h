/* Constants of tiny_residual, written by crimp. Included by tiny_residual.c alone. */
#include <stdint.h>

/* layer_00: weights [row 3][column 3][output channel 4] */
TINY_RESIDUAL_CONSTANT TINY_RESIDUAL_ALIGNED(4) int8_t tiny_residual_layer_00_weights[36] = {
     -35,  101,  -14,   44,   62, -123, -100,  -93,  -81,   -1,  -88,   13,  -70,   16,   72,   42,
      70, -101,   42,  -20, -126, -115,   33,   -9,  -84,  -60,   81,  -99,  -52, -116,  -53,  -52,
     -95,  -45,  -31,  -97,
};

/* layer_00: bias of each output channel */
TINY_RESIDUAL_CONSTANT int32_t tiny_residual_layer_00_bias[4] = {-2266, -475, -3146, 2151};

/* layer_00: real multiplier of the sums = multiplier * 2^(shift - 31) */
TINY_RESIDUAL_CONSTANT int32_t tiny_residual_layer_00_multiplier[4] = {
    1331806014, 1749197207, 1721768949, 1674610523,
};

/* layer_00: shift */
TINY_RESIDUAL_CONSTANT TINY_RESIDUAL_ALIGNED(4) int8_t tiny_residual_layer_00_shift[4] = {
    -6, -7, -7, -7,
};

/* layer_01: weights [output channel 4][row 1][column 1][channel 4] */
TINY_RESIDUAL_CONSTANT TINY_RESIDUAL_ALIGNED(4) int8_t tiny_residual_layer_01_weights[16] = {
    -61,  83, -77, -21,  43, -11, 101, -21, -78, -58, -18,  56,   6,  27,  97, -96,
};

/* layer_01: bias of each output channel */
TINY_RESIDUAL_CONSTANT int32_t tiny_residual_layer_01_bias[4] = {-611, 2184, -2887, -2007};

/* layer_01: real multiplier of the sums = multiplier * 2^(shift - 31) */
TINY_RESIDUAL_CONSTANT int32_t tiny_residual_layer_01_multiplier[4] = {
    1561832710, 1499732364, 1725941243, 1433454502,
};

/* layer_01: shift */
TINY_RESIDUAL_CONSTANT TINY_RESIDUAL_ALIGNED(4) int8_t tiny_residual_layer_01_shift[4] = {
    -7, -8, -8, -7,
};
