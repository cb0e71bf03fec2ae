#include <stdint.h>

/*
 * MultiplyByQuantizedMultiplier by one high multiply. With x = 4 * sum the product's upper half is
 * the sum's rounding doubling high multiply in half steps, rounded down, so that both of TFLite's
 * roundings come to one addition and one shift: (high + 1 + 2^shift) >> (shift + 1). Ties of
 * negative sums go the other way: they get two half steps less. Any larger power of two than 4
 * only adds bits that the shift drops.
 */
struct crimp_rv32im_rescale {
    int32_t align; /* sums are multiplied times 2^align: the compiler proves that this fits into 32 bits */
    int32_t odd_offset; /* 2 * output offset + 1 */
    int32_t min;
    int32_t max;
    int32_t rectified; /* negative sums give the smallest output */
};

/* One channel's share of it. */
struct crimp_rv32im_scale {
    int32_t multiplier;
    int32_t bias;     /* times 2^align */
    int32_t rounding; /* and the output offset */
    int32_t right;
};

static inline struct crimp_rv32im_scale crimp_rv32im_make_scale(int32_t bias, int32_t multiplier, int32_t right,
                                                                const struct crimp_rv32im_rescale *layer)
{
    struct crimp_rv32im_scale scale;

    scale.multiplier = multiplier;
    scale.bias = bias;
    scale.right = right;
    scale.rounding = layer->odd_offset * (1 << (right - 1)) + (1 << (layer->align - 2));
    return scale;
}

/* The output value of a sum, given with its bias and times 2^align. Sums that are not negative give none below the offset. */
static inline int8_t crimp_rv32im_requantize(int32_t sum, const struct crimp_rv32im_scale *scale,
                                             const struct crimp_rv32im_rescale *layer)
{
    int32_t value = layer->min;

    if (sum >= 0) {
        value = ((int32_t)(((int64_t)sum * scale->multiplier) >> 32) + scale->rounding) >> scale->right;
        value = value > layer->max ? layer->max : value;
    } else if (!layer->rectified) {
        const int32_t high = (int32_t)(((int64_t)sum * scale->multiplier) >> 32);
        const int32_t tied = (high - (1 << (layer->align - 1)) + scale->rounding) >> scale->right;

        value = tied < value ? value : tied;
    }
    return (int8_t)value;
}
