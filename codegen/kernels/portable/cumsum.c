#include <stdint.h>

/* Values along an axis, which lie `step` apart; backward a step is negative, and the last value comes first. */
struct crimp_cumsum {
    int32_t rows;      /* before the axis */
    int32_t depth;     /* along it */
    int32_t columns;   /* behind it */
    int32_t first;     /* where a column begins */
    int32_t step;
    int32_t exclusive; /* the sum without the value itself */
};
