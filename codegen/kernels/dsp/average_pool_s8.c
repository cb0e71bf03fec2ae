#include <stdint.h>
#include <string.h>

#include "../portable/average.c"
#include "../portable/pool.c"
#include "simd.c"

/* The mean of each window, of what of it lies inside the image; four channels at a time, a multiple of which there is. */
static void crimp_dsp_average_pool_s8(const int8_t *input, int8_t *output, const struct crimp_pool *pool)
{
    const int32_t channels = pool->channels;

    for (int32_t batch = 0; batch < pool->batch; ++batch) {
        for (int32_t y = 0; y < pool->output_height; ++y) {
            const struct crimp_span rows = crimp_pool_rows(pool, y);

            for (int32_t x = 0; x < pool->output_width; ++x) {
                const struct crimp_span columns = crimp_pool_columns(pool, x);
                const int32_t width = columns.end - columns.begin;
                const int32_t count = (rows.end - rows.begin) * width;

                for (int32_t channel = 0; channel < channels; channel += 4) {
                    int32_t even = 0;
                    int32_t odd = 0;

                    for (int32_t row = rows.begin; row < rows.end; ++row) {
                        const int8_t *value =
                            input + (row * pool->input_width + columns.begin) * channels + channel;

                        for (int32_t left = width; left > 0; --left) {
                            const int32_t four = crimp_dsp_load(value);

                            even = crimp_dsp_add_even_bytes(even, four);
                            odd = crimp_dsp_add_even_bytes(odd, four >> 8);
                            value += channels;
                        }
                    }
                    output[0] = (int8_t)crimp_average((int16_t)(even & 0xffff), count);
                    output[1] = (int8_t)crimp_average((int16_t)(odd & 0xffff), count);
                    output[2] = (int8_t)crimp_average(even >> 16, count);
                    output[3] = (int8_t)crimp_average(odd >> 16, count);
                    output += 4;
                }
            }
        }
        input += pool->input_height * pool->input_width * channels;
    }
}
