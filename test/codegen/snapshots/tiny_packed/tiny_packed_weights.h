/* Constants of tiny_packed, written by crimp. Included by tiny_packed.c alone. */
#include <stdint.h>

/*
 * layer_00: weights [output channel 8][row 3][column 3][channel 2], packed: gaps of 2 bits,
 * weights of 2
 */
TINY_PACKED_CONSTANT TINY_PACKED_ALIGNED(4) uint16_t tiny_packed_layer_00_weights[14] = {
    60012, 33710, 47531, 43661, 14062, 47515,  9449, 43630,
    35491, 19896, 43626, 38974, 55994,     0,
};

/* layer_00: the values of its weights */
TINY_PACKED_CONSTANT int8_t tiny_packed_layer_00_codebook[4] = {-60, -20, 20, 60};

/* layer_00: bias of each output channel */
TINY_PACKED_CONSTANT int32_t tiny_packed_layer_00_bias[8] = {
      889,  -998,   804,  5566, -2509,  -758,  3521, -1291,
};

/* layer_00: real multiplier of the sums = multiplier * 2^(shift - 31) */
TINY_PACKED_CONSTANT int32_t tiny_packed_layer_00_multiplier[8] = {
    1396844180, 1228797113, 1332863529, 1973421286, 1721091069, 2071500280, 1293956717, 1610778953,
};

/* layer_00: shift */
TINY_PACKED_CONSTANT TINY_PACKED_ALIGNED(4) int8_t tiny_packed_layer_00_shift[8] = {
    -7, -6, -7, -8, -7, -8, -7, -7,
};

/* layer_02: weights [output 8][input 72], packed: gaps of 2 bits, weights of 2 */
TINY_PACKED_CONSTANT TINY_PACKED_ALIGNED(4) uint16_t tiny_packed_layer_02_weights[50] = {
    25260, 57890, 42670, 60002, 27234,  8938, 39091, 35738,
    39099, 35769, 43691, 47272, 25294, 11814, 27298,  8870,
    58022,  8802, 47166, 43689, 43912, 43704, 47769, 47752,
    24795, 43686,  8806, 25322, 44710,  9826, 33638, 35259,
    47273, 35754, 35738, 39083,  3992, 43758, 26210, 60066,
    41638,  8750, 16098, 43656, 39578, 43176, 43674, 47496,
    51594,     0,
};

/* layer_02: bias of each output channel */
TINY_PACKED_CONSTANT int32_t tiny_packed_layer_02_bias[8] = {
     -4275,  14515, -11157, -14951,   5722,   7114,   3970, -13165,
};

/* layer_02: real multiplier of the sums = multiplier * 2^(shift - 31) */
TINY_PACKED_CONSTANT int32_t tiny_packed_layer_02_multiplier[1] = {1582785479};

/* layer_02: shift */
TINY_PACKED_CONSTANT TINY_PACKED_ALIGNED(4) int8_t tiny_packed_layer_02_shift[1] = {-9};

/* layer_03: weights [output 2][input 8] */
TINY_PACKED_CONSTANT TINY_PACKED_ALIGNED(4) int8_t tiny_packed_layer_03_weights[16] = {
      17, -113,  123,  -97,  -89,  108,  -35,   57,  116,  105,   -5,   44,  112,   96,  112,   57,
};

/* layer_03: bias of each output channel */
TINY_PACKED_CONSTANT int32_t tiny_packed_layer_03_bias[2] = {1163, -1774};

/* layer_03: real multiplier of the sums = multiplier * 2^(shift - 31) */
TINY_PACKED_CONSTANT int32_t tiny_packed_layer_03_multiplier[1] = {2111831248};

/* layer_03: shift */
TINY_PACKED_CONSTANT TINY_PACKED_ALIGNED(4) int8_t tiny_packed_layer_03_shift[1] = {-8};
