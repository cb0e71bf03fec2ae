#include <stdint.h>

/* The shape of a pooling layer, NHWC; padding stands before the first row and column. */
struct crimp_pool {
    int32_t batch;
    int32_t input_height;
    int32_t input_width;
    int32_t channels;
    int32_t output_height;
    int32_t output_width;
    int32_t filter_height;
    int32_t filter_width;
    int32_t stride_height;
    int32_t stride_width;
    int32_t padding_top;
    int32_t padding_left;
};

/* The rows or columns of a window that lie inside the image: begin .. end - 1. */
struct crimp_span {
    int32_t begin;
    int32_t end;
};

static inline struct crimp_span crimp_pool_span(int32_t origin, int32_t filter, int32_t size)
{
    struct crimp_span span;

    span.begin = origin < 0 ? 0 : origin;
    span.end = origin + filter < size ? origin + filter : size;
    return span;
}

static inline struct crimp_span crimp_pool_rows(const struct crimp_pool *pool, int32_t y)
{
    const int32_t origin = y * pool->stride_height - pool->padding_top;

    return crimp_pool_span(origin, pool->filter_height, pool->input_height);
}

static inline struct crimp_span crimp_pool_columns(const struct crimp_pool *pool, int32_t x)
{
    const int32_t origin = x * pool->stride_width - pool->padding_left;

    return crimp_pool_span(origin, pool->filter_width, pool->input_width);
}
