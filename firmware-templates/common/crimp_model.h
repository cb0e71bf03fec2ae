/* The one thing that board firmware knows of a model: a table, written by crimp next to the model's own files. */
#ifndef CRIMP_MODEL_H
#define CRIMP_MODEL_H

#include <stdint.h>

/* A range of the arena. */
struct crimp_range {
    uint32_t offset;
    uint32_t bytes;
};

/* The offset of an input that the model reads row by row, from `input_bytes`, and that has no place in the arena. */
#define CRIMP_BY_ROWS 0xffffffffu

/* A tensor that a layer writes: complete once the layers 0 .. layer have run, and until the next one runs. */
struct crimp_tensor {
    uint16_t index; /* in the graph */
    uint16_t layer;
    struct crimp_range range;
};

enum crimp_type { CRIMP_INT8, CRIMP_UINT8, CRIMP_INT16, CRIMP_INT32, CRIMP_FLOAT32 };

/* How an output's values are printed: real = mantissa * 2^exponent * (value - zero_point), the model's float32
 * scale exactly. Not used for CRIMP_FLOAT32. */
struct crimp_format {
    enum crimp_type type;
    int32_t mantissa;
    int32_t exponent;
    int32_t zero_point;
};

struct crimp_model {
    const char *name;
    const char *hash; /* 16 hex digits: the identity of the graph */
    uint8_t *arena;
    uint32_t arena_bytes;
    uint32_t input_count;
    const struct crimp_range *inputs;
    uint32_t output_count;
    const struct crimp_range *outputs;
    const struct crimp_format *formats; /* of the outputs */
    uint32_t layer_count;
    void (*const *layers)(void); /* one inference is layers[0] .. layers[layer_count - 1] */
    void (*reset)(void); /* brings state back to what it starts from; null if the model keeps none */
    uint32_t tensor_count; /* of the graph */
    uint32_t written_count;
    const struct crimp_tensor *written; /* by layer, then by index */
};

extern const struct crimp_model crimp_model;

/* Bytes of all inputs (of all outputs) together; the firmware sizes its input buffer by the first. */
#include "crimp_model_sizes.h" /* #define CRIMP_INPUT_BYTES n, #define CRIMP_OUTPUT_BYTES n, #define CRIMP_LAYERS n */

/* All inputs of a sample in order, which the program keeps apart from the arena. */
extern uint8_t input_bytes[CRIMP_INPUT_BYTES];

#endif
