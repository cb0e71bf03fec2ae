#include <stdint.h>

#include "batch_matmul.c"
#include "fixed_point.c"

/* The product of two matrices. */
static void crimp_batch_matmul_s8(const int8_t *a, const int8_t *b, int8_t *output, const struct crimp_matmul *shape,
                                  const struct crimp_matmul_scaling *scaling)
{
    for (int32_t row = 0; row < shape->rows; ++row) {
        for (int32_t column = 0; column < shape->columns; ++column) {
            const int8_t *x = a + row * shape->a_stride;
            const int8_t *y = b + column * shape->b_stride;
            uint32_t sum = 0;
            int32_t value;

            for (int32_t k = 0; k < shape->depth; ++k) {
                sum += (uint32_t)((*x + scaling->a_offset) * (*y + scaling->b_offset));
                x += shape->a_depth_stride;
                y += shape->b_depth_stride;
            }
            value = crimp_multiply_by_quantized_multiplier((int32_t)sum, scaling->multiplier, scaling->shift);
            *output++ = (int8_t)crimp_clamp((int32_t)((uint32_t)value + (uint32_t)scaling->output_offset), INT8_MIN,
                                            INT8_MAX);
        }
    }
}
