/* A model as a filter: raw samples in on stdin, back to back, raw outputs out on stdout; state carries over from
 * one to the next. With the argument
 * "tensors", every tensor instead, in the order in which the layers complete them. */
#include "crimp_model.h"

#include <stdio.h>
#include <string.h>

uint8_t input_bytes[CRIMP_INPUT_BYTES];

static int read_sample(void) {
    const uint8_t *from = input_bytes;
    if (fread(input_bytes, 1, sizeof input_bytes, stdin) != sizeof input_bytes) return 0;
    for (uint32_t i = 0; i < crimp_model.input_count; ++i) {
        const struct crimp_range *to = &crimp_model.inputs[i];
        if (to->offset != CRIMP_BY_ROWS) memcpy(crimp_model.arena + to->offset, from, to->bytes);
        from += to->bytes;
    }
    return 1;
}

static void write_range(const struct crimp_range *range) {
    fwrite(crimp_model.arena + range->offset, 1, range->bytes, stdout);
}

static void write_tensors(uint32_t layer) {
    for (uint32_t i = 0; i < crimp_model.written_count; ++i) {
        const struct crimp_tensor *tensor = &crimp_model.written[i];
        if (tensor->layer == layer) write_range(&tensor->range);
    }
}

int main(int argc, char **argv) {
    const int tensors = argc > 1 && strcmp(argv[1], "tensors") == 0;
    /* Nothing may depend on what the arena held before. */
    memset(crimp_model.arena, 0xa5, crimp_model.arena_bytes);
    if (crimp_model.reset != NULL) crimp_model.reset();
    while (read_sample()) {
        for (uint32_t layer = 0; layer < crimp_model.layer_count; ++layer) {
            crimp_model.layers[layer]();
            if (tensors) write_tensors(layer);
        }
        for (uint32_t i = 0; i < crimp_model.output_count && !tensors; ++i) write_range(&crimp_model.outputs[i]);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
