#include <stdint.h>

#include "float_bits.c"

/* 1 / c for c close to the middle of each sixteenth of an octave, and log c. */
static const double crimp_log_inverses[16] = {
    1.398907162146528,  1.3403141896637998, 1.286432210124115,  1.2367150214269895,
    1.1906977166711752, 1.1479821020556429, 1.1082251448272158, 1.0711297413057381,
    1.036437278977283,  1.0,                0.9492859795739057, 0.8951049428609004,
    0.8476821620351103, 0.8050314851692001, 0.7664671008843108, 0.731428603316328,
};

static const double crimp_log_logarithms[16] = {
    -0.33569133332882284, -0.2929040563774074,  -0.2518726580937369,  -0.21245868807117255,
    -0.17453945183745634, -0.1380057072319758,  -0.10275976698545139, -0.06871392447020525,
    -0.0357891387398228,  0.0,                  0.05204517742929496,  0.11081431298787942,
    0.1652495223695143,   0.21687389031699977,  0.2659635028121397,   0.3127556664073557,
};

/*
 * log x, bit by bit what logf of glibc and musl gives: x = 2^k * z, log x = k * ln 2 + log c + log(z / c). In
 * double and rounded to float once; products are statements of their own so that no compiler fuses them with the
 * sums.
 */
static float crimp_log_f32(float x)
{
    double z, r, y, y0, product;
    int32_t offset, k;
    uint32_t entry;

    if (!(x > 0.0f)) {
        return x < 0.0f ? crimp_invalid_f32() : x != x ? x : -crimp_infinity_f32();
    }
    if (x >= crimp_infinity_f32()) {
        return x;
    }
    k = 0;
    if (x < 1.1754944e-38f) {
        x *= 8388608.0f;
        k = -23;
    }
    offset = (int32_t)(crimp_bits_of_float(x) - 0x3f330000u);
    k += offset >> 23;
    entry = ((uint32_t)offset >> 19) & 15u;
    z = (double)crimp_float_of_bits(((uint32_t)offset & 0x7fffffu) + 0x3f330000u);
    product = z * crimp_log_inverses[entry];
    r = product - 1.0;
    product = (double)k * 0.6931471805599453;
    y0 = crimp_log_logarithms[entry] + product;
    product = 0.333456765744066 * r;
    y = product - 0.4999997485802103;
    product = r * r;
    product = -0.25089342214237154 * product;
    y = product + y;
    product = r * r;
    product = y * product;
    return (float)(product + (y0 + r));
}
