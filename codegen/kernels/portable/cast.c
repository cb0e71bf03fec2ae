#include <stdint.h>

/* Without its fraction, within min and max; 0 for NaN. */
static inline int32_t crimp_truncate(float value, int32_t min, int32_t max)
{
    if (value != value)
        return 0;
    if (value <= (float)min)
        return min;
    if (value >= (float)max)
        return max;
    return (int32_t)value;
}
