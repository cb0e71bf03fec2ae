#include <stdint.h>

/* Where a slice begins along an axis: as it is asked for, but from 0 to `last`, so that it lies inside. */
static inline int32_t crimp_slice_begin(int64_t begin, int32_t last)
{
    if (begin < 0)
        return 0;
    return begin < last ? (int32_t)begin : last;
}
