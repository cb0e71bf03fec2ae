#include <stdint.h>

/*
 * What the SVDF kernels share. Feature weights are [unit][rank][input], time weights [unit][rank][memory], the state
 * [batch][unit][rank][memory], the newest value last.
 */
struct crimp_svdf {
    int32_t batch;
    int32_t inputs;
    int32_t units;
    int32_t rank;
    int32_t memory;
};
