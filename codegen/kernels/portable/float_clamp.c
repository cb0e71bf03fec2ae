/* Keeps NaN, and the sign of zero. */
static inline float crimp_float_clamp(float x, float min, float max)
{
    x = x < min ? min : x;
    return max < x ? max : x;
}
