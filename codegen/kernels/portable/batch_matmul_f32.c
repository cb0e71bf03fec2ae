#include <stdint.h>

#include "batch_matmul.c"

/* The product of two matrices. */
static void crimp_batch_matmul_f32(const float *a, const float *b, float *output, const struct crimp_matmul *shape)
{
    for (int32_t row = 0; row < shape->rows; ++row) {
        for (int32_t column = 0; column < shape->columns; ++column) {
            const float *x = a + row * shape->a_stride;
            const float *y = b + column * shape->b_stride;
            float sum = 0.0f;

            for (int32_t k = 0; k < shape->depth; ++k) {
                sum += *x * *y;
                x += shape->a_depth_stride;
                y += shape->b_depth_stride;
            }
            *output++ = sum;
        }
    }
}
