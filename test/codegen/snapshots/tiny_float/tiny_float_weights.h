/* Constants of tiny_float, written by crimp. Included by tiny_float.c alone. */
#include <stdint.h>

/* layer_00: weights [output 4][input 3] */
TINY_FLOAT_CONSTANT float tiny_float_layer_00_weights[12] = {
      -1.221832f,  -1.2950643f,   0.3963361f,  -0.5835909f,  -0.5280845f, -0.85718477f,
    0.036186185f,   1.3603019f,   0.9781228f,  -1.4731922f,  0.62605613f, -0.87380147f,
};

/* layer_00: bias of each output channel */
TINY_FLOAT_CONSTANT float tiny_float_layer_00_bias[4] = {
     -0.42998523f,     0.504503f,   0.35276976f, -0.028849175f,
};

/* layer_01: weights [output 2][input 4] */
TINY_FLOAT_CONSTANT float tiny_float_layer_01_weights[8] = {
        0.591104f,   -1.0892326f, -0.116658546f,   0.38017207f,    1.1894377f,   -0.7030411f,
       0.8473743f,  -0.66091394f,
};

/* layer_01: bias of each output channel */
TINY_FLOAT_CONSTANT float tiny_float_layer_01_bias[2] = {-0.32135648f, 0.29422894f};
