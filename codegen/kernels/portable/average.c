#include <stdint.h>

/* sum / count, rounded with ties away from zero. */
static inline int32_t crimp_average(int32_t sum, int32_t count)
{
    return (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
}
