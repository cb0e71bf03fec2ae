#include <stdint.h>

/* All that is known of a fully connected layer's shape: [batch][inputs] to [batch][outputs]. */
struct crimp_fully_connected {
    int32_t batch;
    int32_t inputs;
    int32_t outputs;
    int32_t scale_step; /* 1: a multiplier and a shift for each output; 0: one for all */
};
