#include <stdint.h>
#include <string.h>

struct crimp_gather_nd {
    int32_t slices;
    int32_t coordinates; /* of a slice */
    int32_t strides[5];  /* elements that each coordinate moves on */
    int32_t last;        /* the last element with which a slice may begin */
    uint32_t element;    /* bytes */
    uint32_t slice_size; /* bytes */
};

/* Slices by the coordinates where they begin; one beyond the input's ends stands for the nearest. */
static void crimp_gather_nd(const void *input, const int32_t *indices, void *output,
                            const struct crimp_gather_nd *gather)
{
    uint8_t *to = output;

    for (int32_t slice = 0; slice < gather->slices; ++slice) {
        uint32_t sum = 0;
        int32_t begin;

        for (int32_t i = 0; i < gather->coordinates; ++i)
            sum += (uint32_t)*indices++ * (uint32_t)gather->strides[i];
        begin = (int32_t)sum;
        if (begin < 0)
            begin = 0;
        if (begin > gather->last)
            begin = gather->last;
        memcpy(to, (const uint8_t *)input + (uint32_t)begin * gather->element, gather->slice_size);
        to += gather->slice_size;
    }
}
