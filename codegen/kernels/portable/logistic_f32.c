#include <stdint.h>

#include "exp_f32.c"

/* 1 / (1 + e^-x), by TFLite's cases: e^x is all that counts below -9, 1 above 16.6. */
static float crimp_logistic_f32(float x)
{
    if (x > 16.619047f) {
        return 1.0f;
    }
    if (x < -9.0f) {
        return crimp_exp_f32(x);
    }
    return 1.0f / (1.0f + crimp_exp_f32(-x));
}
