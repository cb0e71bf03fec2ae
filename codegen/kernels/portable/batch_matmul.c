#include <stdint.h>

/* [rows][depth] times [depth][columns]; a stride leads to the next row (column), or the next term of the sum. */
struct crimp_matmul {
    int32_t rows;
    int32_t depth;
    int32_t columns;
    int32_t a_stride;
    int32_t a_depth_stride;
    int32_t b_stride;
    int32_t b_depth_stride;
};

struct crimp_matmul_scaling {
    int32_t a_offset;
    int32_t b_offset;
    int32_t output_offset;
    int32_t multiplier;
    int32_t shift;
};
