#include <stdint.h>
#include <string.h>

#include "resize.c"

/* Copies the pixel at the row and column that the output's stand for; the input may lie in the output's end. */
static void crimp_resize_nearest_neighbor(const void *input, void *output, const uint16_t *rows,
                                          const uint16_t *columns, uint32_t pixel_bytes,
                                          const struct crimp_resize *shape)
{
    const uint32_t row_bytes = (uint32_t)shape->input_width * pixel_bytes;
    const uint8_t *image = input;
    uint8_t *pixel = output;

    for (int32_t batch = 0; batch < shape->batch; ++batch) {
        for (int32_t y = 0; y < shape->output_height; ++y) {
            const uint8_t *row = image + rows[y] * row_bytes;

            for (int32_t x = 0; x < shape->output_width; ++x) {
                memmove(pixel, row + columns[x] * pixel_bytes, pixel_bytes);
                pixel += pixel_bytes;
            }
        }
        image += (uint32_t)shape->input_height * row_bytes;
    }
}
