#include <stdint.h>

/* The images before and after, [batch][row][column][channel]. */
struct crimp_resize {
    int32_t batch;
    int32_t input_height;
    int32_t input_width;
    int32_t output_height;
    int32_t output_width;
    int32_t channels;
};
