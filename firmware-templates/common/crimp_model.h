/* The one thing that board firmware knows of a model: a table, written by crimp next to the model's own files. */
#ifndef CRIMP_MODEL_H
#define CRIMP_MODEL_H

#include <stdint.h>

/* A range of the arena. */
struct crimp_range {
    uint32_t offset;
    uint32_t bytes;
};

/* A tensor that can be dumped: complete once the layers 0 .. layer have run, and until the next one runs. */
struct crimp_tensor {
    uint32_t layer;
    struct crimp_range range;
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
    uint32_t layer_count;
    void (*const *layers)(void); /* one inference is layers[0] .. layers[layer_count - 1] */
    uint32_t tensor_count;
    const struct crimp_tensor *tensors;
};

extern const struct crimp_model crimp_model;

/* Bytes of all inputs (of all outputs) together; the firmware sizes its input buffer by the first. */
#include "crimp_model_sizes.h" /* #define CRIMP_INPUT_BYTES n, #define CRIMP_OUTPUT_BYTES n, #define CRIMP_LAYERS n */

#endif
